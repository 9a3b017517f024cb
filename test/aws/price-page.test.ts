import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { floorOf } from "../../src/aws/cost/floor.ts";
import { partOf } from "../../src/aws/deploy/active-region.ts";
import { STRATEGIES, ship } from "./shipped.ts";

const PAGE = readFileSync("docs/aws.md", "utf8");

test.each(STRATEGIES)("docs/aws.md says what the shop costs at rest with %s", async (recovery) => {
  const { manifest, templates } = (await ship("shop", { recovery })).assembly;
  const floor = floorOf(
    manifest.stacks.map(({ name, region }) => ({
      name,
      region,
      part: partOf(manifest, name),
      template: templates[name]!,
    })),
  );
  const second = floor.regions.find(({ region }) => region === "us-west-2")?.usdPerMonth ?? 0;
  const dollars = (usd: number): string => `$${Math.round(usd).toLocaleString("en-US")}`;
  expect(PAGE).toContain(`| ${recovery} | ${dollars(floor.usdPerMonth)} | ${dollars(second)} |`);
});
