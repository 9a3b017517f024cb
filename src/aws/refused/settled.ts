import { type Template, type TemplateResource, type Value, field, items, textOf } from "../template.ts";

/**
 * A template without `Fn::If`: as it is deployed with its parameters' defaults, or, `inverted`, with every condition
 * the other way round. A resource whose condition does not hold is gone, and so is a property that is `AWS::NoValue`.
 */
export function settled(template: Template, inverted: boolean): Template {
  if (template.Conditions === undefined) return template;
  const holds = (name: string): boolean => isTrueOf(template, name) !== inverted;
  const resources = Object.entries(template.Resources ?? {})
    .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
    .map(([id, resource]): [string, TemplateResource] => {
      const properties = resolved((resource.Properties ?? {}) as Value, holds);
      return [id, { ...resource, Properties: properties as NonNullable<TemplateResource["Properties"]> }];
    });
  return { ...template, Resources: Object.fromEntries(resources) };
}

const NOTHING = Symbol("AWS::NoValue");

function resolved(value: Value, holds: (name: string) => boolean): Value | typeof NOTHING {
  if (typeof value !== "object" || value === null) return value;
  if (field(value, "Ref") === "AWS::NoValue") return NOTHING;
  const choice = items(field(value, "Fn::If"));
  if (choice.length === 3) return resolved(holds(textOf(choice[0])) ? choice[1] : choice[2], holds);
  const entries = Object.entries(value)
    .map(([key, each]) => [key, resolved(each as Value, holds)] as const)
    .filter((entry): entry is readonly [string, Value] => entry[1] !== NOTHING);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** Whether a condition holds with the parameters' defaults; one that cannot be known holds. */
function isTrueOf(template: Template, name: string): boolean {
  const condition = template.Conditions?.[name];
  return condition === undefined || evaluated(template, condition);
}

function evaluated(template: Template, condition: Value): boolean {
  const equal = items(field(condition, "Fn::Equals"));
  if (equal.length === 2) {
    const [one, other] = equal.map((each) => defaultOf(template, each));
    return one === undefined || other === undefined || one === other;
  }
  const not = items(field(condition, "Fn::Not"));
  if (not.length === 1) return !evaluated(template, not[0]);
  const and = items(field(condition, "Fn::And"));
  if (and.length > 0) return and.every((each) => evaluated(template, each));
  const or = items(field(condition, "Fn::Or"));
  if (or.length > 0) return or.some((each) => evaluated(template, each));
  const other = field(condition, "Condition");
  return typeof other !== "string" || isTrueOf(template, other);
}

function defaultOf({ Parameters }: Template, value: Value): string | undefined {
  const name = field(value, "Ref");
  if (typeof name !== "string") return typeof value === "object" ? undefined : String(value);
  const fallback = field(Parameters?.[name], "Default");
  return fallback === undefined ? undefined : textOf(fallback);
}
