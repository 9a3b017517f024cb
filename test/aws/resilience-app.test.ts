import { expect, test } from "vitest";
import { EXAMPLES, STRATEGIES, ship } from "./shipped.ts";

interface Assessed {
  readonly logicalResourceId: { readonly identifier: string; readonly logicalStackName: string };
  readonly type: string;
  readonly name: string;
}

interface AppTemplate {
  readonly resources: readonly Assessed[];
  readonly appComponents: readonly { readonly id: string; readonly resourceNames: readonly string[] }[];
}

test.each(EXAMPLES.flatMap((example) => STRATEGIES.map((recovery) => [example, recovery] as const)))(
  "%s under %s tells Resilience Hub of resources that its stacks have, each once and in one component",
  async (example, recovery) => {
    const { templates } = await ship(example, { recovery });
    const apps = templates.flatMap(({ template }) =>
      Object.values(template.Resources ?? {}).filter(({ Type }) => Type === "AWS::ResilienceHub::App"),
    );
    expect(apps).toHaveLength(1);
    const body = String(apps[0]?.Properties?.["AppTemplateBody"]);
    expect(body).toMatch(/^[\w\s:,\-.'/{}[\]"\\]+$/);
    const { resources, appComponents } = JSON.parse(body) as AppTemplate;
    const mapped = apps[0]?.Properties?.["ResourceMappings"] as readonly { readonly LogicalStackName: string }[];
    const stacks = mapped.map(({ LogicalStackName }) => LogicalStackName);
    for (const { logicalResourceId, type } of resources) {
      const { identifier, logicalStackName } = logicalResourceId;
      const template = templates.find(({ stack }) => stack === logicalStackName)?.template;
      expect(template?.Resources?.[identifier]?.Type, identifier).toBe(type);
      expect(stacks).toContain(logicalStackName);
    }
    const names = resources.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(appComponents.flatMap(({ resourceNames }) => resourceNames).sort()).toEqual(names.sort());
    expect(new Set(appComponents.map(({ id }) => id)).size).toBe(appComponents.length);
    expect(names.length).toBeGreaterThan(5);
  },
);
