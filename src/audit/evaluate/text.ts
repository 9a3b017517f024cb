import { Choice, Text, Unknown, type Value, isList, isMap, keyOf, referencesIn } from "./value.ts";

/** More parts or characters than any text of a template has; beyond, it is not known. */
const MOST = { parts: 2000, characters: 2_000_000 } as const;

/** Parts put together: plain text where all are known, the only part where there is one, else a text with parts. */
export function joined(parts: readonly Value[]): Value {
  const flat = parts.flatMap((part) => (part instanceof Text ? part.parts : [part]));
  const merged: Value[] = [];
  let characters = 0;
  for (const part of flat) {
    const plain = typeof part === "number" || typeof part === "boolean" ? String(part) : part;
    const last = merged.at(-1);
    if (plain === "") continue;
    if (typeof plain === "string") characters += plain.length;
    if (characters > MOST.characters || merged.length > MOST.parts) return new Unknown("a text that is too long");
    if (typeof plain === "string" && typeof last === "string") merged[merged.length - 1] = last + plain;
    else merged.push(plain);
  }
  const [only] = merged;
  if (merged.length === 0) return "";
  if (merged.length > 1 || only === undefined) return new Text(merged);
  return typeof only === "string" ? resolved(only) : only;
}

/**
 * A text as it stands, unless it is looked up at deployment (`{{resolve:ssm:/name}}`).
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export function resolved(text: string): Value {
  return text.includes("{{resolve:")
    ? new Unknown(`${text.slice(0, 120)}, which is looked up at deployment`, text)
    : text;
}

/** A text as it is written, with a mark for each part that is not known; empty for what is no text. */
export function writtenText(value: Value | undefined, mark = "?"): string {
  if (!(value instanceof Text)) return typeof value === "string" ? value : "";
  return value.parts.map((part) => (typeof part === "string" ? part : mark)).join("");
}

/** All texts in a value, in its lists and mappings too. */
export function textsIn(value: Value | undefined): readonly (string | Text)[] {
  if (typeof value === "string" || value instanceof Text) return [value];
  if (isList(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** A text taken apart; what is not known of it stays in its place. */
export function split(text: Value | undefined, separator: string): Value | undefined {
  if (typeof text === "string") return text.split(separator);
  if (text instanceof Choice)
    return Choice.of(
      text.options.map((option) => split(option, separator)),
      text.needs,
    );
  if (!(text instanceof Text)) {
    if (isList(text)) return text;
    const needs = text instanceof Unknown ? text.needs : "a text that is taken apart";
    return new Unknown(needs, `split ${separator} ${keyOf(text)}`, referencesIn(text));
  }
  const elements: Value[][] = [[]];
  for (const part of text.parts) {
    if (typeof part !== "string") elements.at(-1)?.push(part);
    else {
      const [first = "", ...rest] = part.split(separator);
      elements.at(-1)?.push(first);
      for (const each of rest) elements.push([each]);
    }
  }
  return elements.map(joined);
}
