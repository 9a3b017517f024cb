/** Reads a text of JSON of which only a deployment knows some parts, such as a redrive policy with a queue's ARN. */
import type { Json } from "../read/document.ts";
import { emptyRecord, isRecord } from "../read/document.ts";
import { joined } from "./text.ts";
import { Choice, Text, Unknown, type Value, keyOf } from "./value.ts";

/** Nesting beyond this is nobody's policy. */
const DEEPEST = 100;

/** Stand for a part that is not known while the rest is parsed: private use, in no policy's own text. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];

/** What a text of JSON says; a value that is no text as it is, and an unknown for a text that is no JSON. */
export function fromJsonText(value: Value | undefined): Value | undefined {
  if (value instanceof Choice) return Choice.of(value.options.map(fromJsonText));
  if (typeof value !== "string" && !(value instanceof Text)) return value;
  const parts = value instanceof Text ? value.parts : [value];
  try {
    return filled(JSON.parse(marked(parts)) as Json, parts, 0);
  } catch {
    return new Unknown("a text that is no JSON as it stands", `json ${keyOf(value)}`);
  }
}

/** One text of all parts, with a mark for each that is not known; outside of quotes it becomes a text of its own. */
function marked(parts: readonly Value[]): string {
  let text = "";
  let quoted = false;
  for (const [at, part] of parts.entries()) {
    if (typeof part === "string") {
      text += part;
      quoted = endsQuoted(part, quoted);
    } else text += quoted ? `${OPEN}${at}${CLOSE}` : `"${OPEN}${at}${CLOSE}"`;
  }
  return text;
}

function endsQuoted(text: string, before: boolean): boolean {
  const quotes = [...text.matchAll(/\\.|"/gs)].filter(([quote]) => quote === '"').length;
  return quotes % 2 === 0 ? before : !before;
}

function filled(json: Json, parts: readonly Value[], depth: number): Value {
  if (depth > DEEPEST) throw new RangeError(`nested more than ${DEEPEST} levels deep`);
  if (typeof json === "string") return json.includes(OPEN) ? refilled(json, parts) : json;
  if (Array.isArray(json)) return (json as readonly Json[]).map((each) => filled(each, parts, depth + 1));
  if (!isRecord(json)) return json as Value;
  const map = emptyRecord<Value>();
  for (const [key, each] of Object.entries(json)) map[key] = filled(each, parts, depth + 1);
  return map;
}

function refilled(text: string, parts: readonly Value[]): Value {
  return joined(
    text.split(/\uE000(\d+)\uE001/).map((piece, at) => (at % 2 === 0 ? piece : (parts[Number(piece)] ?? ""))),
  );
}
