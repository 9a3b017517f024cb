import { describe, expect, test } from "vitest";
import type { PlacedTemplate } from "../../src/aws/refused.ts";
import { Estate, type Resource } from "../../src/aws/refused/estate.ts";
import { PROTECTION, type Value, field } from "../../src/aws/template.ts";
import { PROPERTY_CHECKS, type PropertyCheck } from "./property-checks.ts";
import { RELATION_CHECKS } from "./relation-checks.ts";
import { EXAMPLES, STRATEGIES, ship } from "./shipped.ts";

const ALL = EXAMPLES.flatMap((example) => STRATEGIES.map((recovery) => [example, recovery] as const));

/** What is protected from deletion by a parameter is as protected as its default says. */
function byDefault({ template, ...placed }: PlacedTemplate): PlacedTemplate {
  const text = JSON.stringify(template, (_key, value: Value) => {
    const name = field(value, "Ref");
    return typeof name === "string" && name.endsWith(PROTECTION)
      ? field(template.Parameters?.[name], "Default") === "true"
      : value;
  });
  return { ...placed, template: JSON.parse(text) as PlacedTemplate["template"] };
}

function meant(templates: readonly PlacedTemplate[], { type, of }: PropertyCheck): readonly Resource[] {
  return new Estate(templates.map(byDefault)).of(type).filter((resource) => of === undefined || of(resource));
}

function defects(templates: readonly PlacedTemplate[], check: PropertyCheck): readonly string[] {
  return meant(templates, check)
    .filter((resource) => !check.holds(field(resource.properties, check.path), resource))
    .map(({ stack, logicalId }) => `${check.line} ${check.what}: ${stack} ${logicalId} ${check.path}`);
}

/** The templates without the first field of the check's path. */
function without(templates: readonly PlacedTemplate[], { type, path }: PropertyCheck): readonly PlacedTemplate[] {
  const copy = structuredClone(templates) as PlacedTemplate[];
  for (const { template } of copy) {
    for (const resource of Object.values(template.Resources ?? {})) {
      if (resource.Type === type) delete (resource.Properties as Record<string, unknown>)[path.split(".")[0]!];
    }
  }
  return copy;
}

describe.each(ALL)("%s, shipped for %s, has no defect that an audit would find", (example, recovery) => {
  test("in a property", async () => {
    const { templates } = await ship(example, { recovery });
    expect(PROPERTY_CHECKS.flatMap((check) => defects(templates, check))).toEqual([]);
  });

  test("in how resources stand to each other", async () => {
    const estate = new Estate((await ship(example, { recovery })).templates);
    const found = RELATION_CHECKS.flatMap(({ line, what, look }) =>
      look(estate).defects.map((defect) => `${line} ${what}: ${defect}`),
    );
    expect(found).toEqual([]);
  });
});

describe("each check", () => {
  test.each(PROPERTY_CHECKS.map((check) => [check.line, check.what, check] as const))(
    "%i, %s, looks at something of the example with everything, and fails where it is missing",
    async (_line, _what, check) => {
      const { templates } = await ship("everything");
      expect(meant(templates, check).length).toBeGreaterThan(0);
      const spoilt = without(templates, check);
      if (meant(spoilt, check).length > 0) expect(defects(spoilt, check).length).toBeGreaterThan(0);
    },
  );

  test.each(RELATION_CHECKS.map((check) => [check.line, check.what, check] as const))(
    "%i, %s, looks at something of the example with everything",
    async (_line, _what, { look }) => {
      expect(look(new Estate((await ship("everything")).templates)).seen).toBeGreaterThan(0);
    },
  );
});
