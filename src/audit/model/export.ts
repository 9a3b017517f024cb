import type { Template } from "../template.ts";
import type { Resource } from "./resource.ts";

const texts = new WeakMap<Template, string>();

/** The text of a template's outputs, in which each of its resources is looked for. */
function outputsOf(template: Template): string {
  const text = texts.get(template) ?? JSON.stringify(template.outputs);
  texts.set(template, text);
  return text;
}

/** Whether an output of its template names a resource: another stack may be given it. */
export function isExported({ id, template }: Resource): boolean {
  const text = outputsOf(template);
  return [`"${id}"`, `"${id}.`, `\${${id}}`, `\${${id}.`].some((each) => text.includes(each));
}
