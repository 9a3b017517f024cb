/** Any value of a template. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** A resource as a template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Value>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
}

/** A CloudFormation template, as far as it is looked at. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, Value>>;
  readonly Conditions?: Readonly<Record<string, Value>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Value; readonly Export?: { readonly Name: Value } }>>;
}

/**
 * How the names of parameters end that say, by "true" or "false", whether something is protected from deletion: what
 * makes templates declares them, and what deploys them sets them.
 */
export const PROTECTION = "DeletionProtection";

/** A part of a resource's properties, with its path there. */
export interface Part {
  readonly path: string;
  readonly value: Value;
}

/** A field of a value, undefined where the value has no such field; `path` may have several steps with dots. */
export function field(value: Value, path: string): Value {
  let at: Value = value;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = Object.hasOwn(at, key) ? (at as Readonly<Record<string, Value>>)[key] : undefined;
  }
  return at;
}

/** The items of a list; none where it is no list. */
export function items(value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** The items of a list, or the single value as one. */
export function listed(value: Value): readonly Value[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Value[]) : [value];
}

/** A number that is written in the template, also as a text; undefined for what is only known at deployment. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A text that is written in the template; undefined for what is only known at deployment. */
export function literal(value: Value): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether a value is true, also as a text. */
export function isTrue(value: Value): boolean {
  return value === true || value === "true";
}

/** The length that a name certainly has at least: its literal parts, and what pseudo parameters have. */
export function leastLength(value: Value): number {
  if (typeof value === "string") return value.length;
  const ref = field(value, "Ref");
  if (ref === "AWS::AccountId") return "123456789012".length;
  if (ref === "AWS::Region") return "us-east-1".length;
  if (ref === "AWS::Partition") return "aws".length;
  const joined = items(field(value, "Fn::Join"));
  if (joined.length !== 2) return 0;
  const parts = items(joined[1]).map(leastLength);
  return parts.reduce((sum, each) => sum + each, 0) + Math.max(0, parts.length - 1) * String(joined[0]).length;
}

/** A value as a text, its tokens as `${Name}`: for comparing, and for patterns over ARNs. */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const ref = field(value, "Ref");
  if (typeof ref === "string") return `\${${ref}}`;
  const attribute = field(value, "Fn::GetAtt");
  if (Array.isArray(attribute)) return `\${${attribute.join(".")}}`;
  const joined = items(field(value, "Fn::Join"));
  if (joined.length === 2) return items(joined[1]).map(textOf).join(String(joined[0]));
  const substituted = field(value, "Fn::Sub");
  if (typeof substituted === "string") return substituted;
  return `\${${JSON.stringify(value)}}`;
}

/** Every part below `value` whose field is `key`, with its path. */
export function partsNamed(value: Value, key: string, path = "Properties"): readonly Part[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const at = `${path}.${name}`;
    return [...(name === key ? [{ path: at, value: each as Value }] : []), ...partsNamed(each as Value, key, at)];
  });
}
