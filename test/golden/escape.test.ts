import { defineSystem } from "holdfast";
import type { ShippedStacks } from "holdfast/aws";
import { expect, test } from "vitest";
import { validateDefinition } from "../../src/definition/validate.ts";

// That this compiles is half of the test: `npm run types` holds it.
test("an escape hatch sees CDK's own stacks, and is no part of the data", () => {
  const system = defineSystem({
    name: "shop",
    regions: { primary: "us-east-1" },
    aws({ regions, global, recovery }: ShippedStacks) {
      for (const { data } of Object.values(regions)) data.addMetadata("owner", "the shop's team");
      global?.addMetadata("owner", "the edge's team");
      recovery.templateOptions.description = "ours";
    },
  });
  const { definition, problems } = validateDefinition(system);
  expect(problems).toEqual([]);
  expect(definition).not.toHaveProperty("aws");
});
