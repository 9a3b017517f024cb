import { type Template, type Value, field, items } from "../template.ts";

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
  readonly properties: Readonly<Record<string, Value>>;
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

/** Whether `value` names the resource `id` of the same template, by whatever function. */
export function refersTo(value: Value, id: string): boolean {
  if (typeof value === "string") return value.includes(`\${${id}}`) || value.includes(`\${${id}.`);
  if (typeof value !== "object" || value === null) return false;
  if (field(value, "Ref") === id || items(field(value, "Fn::GetAtt"))[0] === id) return true;
  return Object.values(value).some((each) => refersTo(each as Value, id));
}
