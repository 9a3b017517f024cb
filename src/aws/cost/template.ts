/** A resource of a template as it is written. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

/** A stack as `synth` made it. */
export interface SynthesizedStack {
  readonly name: string;
  readonly region: string;
  /** `network`, `data`, `messaging`, `compute`, `watch`, `global` or `recovery`. */
  readonly part: string;
  readonly template: Template;
}

/** One resource with what is around it, for what is spread over more than one resource. */
export interface Placed {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly stack: SynthesizedStack;
}

/** Every resource of a stack. */
export function resourcesOf(stack: SynthesizedStack): readonly Placed[] {
  return Object.entries(stack.template.Resources ?? {}).map(([id, { Type, Properties }]) => ({
    id,
    type: Type,
    properties: Properties ?? {},
    stack,
  }));
}

/** A number that a template states; undefined where it is left to CloudFormation. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A text that a template states; undefined where it is left to CloudFormation. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A list that a template states; empty where there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The object at `value`; empty where there is none. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // an object was just made sure of
    : {};
}

/** Whether `value` names the resource `id` of the same template, by whatever function. */
export function refersTo(value: unknown, id: string): boolean {
  if (typeof value === "string") return value.includes(`\${${id}}`) || value.includes(`\${${id}.`);
  if (Array.isArray(value)) return value.some((each) => refersTo(each, id));
  return Object.entries(objectOf(value)).some(([key, each]) => {
    if (key === "Ref") return each === id;
    if (key === "Fn::GetAtt") return Array.isArray(each) ? each[0] === id : String(each).startsWith(`${id}.`);
    return refersTo(each, id);
  });
}
