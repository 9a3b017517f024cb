import { isUserError, messageOf, UserError } from "../../base/error.ts";
import { type Json, type Position, type SourceDocument } from "./document.ts";
import { JsonPlaces } from "./json-place.ts";
import { megabytes, tooLarge } from "./problem.ts";
import { type Indented, parseIndented } from "./indent.ts";
import { DEEPEST, YamlError } from "./yaml.ts";

/** CloudFormation takes 1 MB; what a parser makes of YAML is a hundred times as large as its text. */
const LONGEST_YAML = 4 * 1024 * 1024;

/** Plans of large estates are tens of megabytes. */
const LONGEST_JSON = 128 * 1024 * 1024;

/** What it may hold; beyond, memory would not do. */
const MOST_JSON_VALUES = 4_000_000;

/**
 * The document of a file's text: JSON where it begins as such, else YAML. Throws a `UserError` with the line where it
 * is neither, and where it is larger or deeper than any template.
 */
export function readSource(file: string, text: string): SourceDocument {
  return /^\uFEFF?\s*[{[]/.test(text) ? readJson(file, text) : readYaml(file, text);
}

function readJson(file: string, text: string): SourceDocument {
  if (text.length > LONGEST_JSON)
    throw tooLarge(file, `${megabytes(text.length)} of JSON, more than ${megabytes(LONGEST_JSON)}`);
  checkSize(file, text);
  let data: Json;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, "")) as Json;
  } catch (error) {
    return readLooseJson(file, text, error);
  }
  if (isDeeper(data, DEEPEST)) throw tooLarge(file, `nested more than ${DEEPEST} levels deep`);
  const lines = new Lines(text);
  const places = new JsonPlaces(text);
  return { file, text, data, locate: (path) => lines.position(places.find(path)) };
}

/** What looks like JSON and is none may still be YAML in flow style; its errors have a line, JSON's may not. */
function readLooseJson(file: string, text: string, cause: unknown): SourceDocument {
  try {
    return readYaml(file, text);
  } catch (error) {
    const at = isUserError(error) && error.code === "AUD-012" ? error.at : file;
    throw notRead(at ?? file, `is no JSON: ${firstLine(messageOf(cause))}`, error);
  }
}

function readYaml(file: string, text: string): SourceDocument {
  if (text.length > LONGEST_YAML)
    throw tooLarge(file, `${megabytes(text.length)} of YAML, more than ${megabytes(LONGEST_YAML)}`);
  let parsed: Indented;
  try {
    parsed = parseIndented(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(file, error.message);
    const { line, column } = new Lines(text).position(error instanceof YamlError ? error.offset : 0);
    throw notRead(`${file}:${line}:${column}`, `is no YAML: ${firstLine(messageOf(error))}`, error);
  }
  const { root, moved, margin } = parsed;
  const lines = new Lines(parsed.text, { moved, margin });
  return {
    file,
    text,
    data: root.value,
    locate: (path) => {
      let node = root;
      for (const key of path) {
        const part = node.parts?.get(String(key));
        if (part === undefined) break;
        node = part;
      }
      return lines.position(node.start);
    },
  };
}

/** Counts what would become values before they take memory: brackets and commas, wherever they stand. */
function checkSize(file: string, text: string): void {
  if (text.length < MOST_JSON_VALUES) return;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x5b || code === 0x7b) values += 1;
  }
  if (values > MOST_JSON_VALUES) throw tooLarge(file, `more than ${MOST_JSON_VALUES} values`);
}

function isDeeper(data: Json, levels: number): boolean {
  if (typeof data !== "object" || data === null) return false;
  return levels === 0 || Object.values(data).some((each) => isDeeper(each as Json, levels - 1));
}

function notRead(at: string, message: string, cause: unknown): UserError {
  return new UserError({ code: "AUD-012", at, message, fix: "correct it at this line, or leave the file out", cause });
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 200);
}

const NOT_MOVED = { moved: new Set<number>(), margin: 0 } as const;

/** Lines of a text, found when the first position is asked for. */
class Lines {
  private readonly text: string;
  private readonly shift: Pick<Indented, "moved" | "margin">;
  private starts: readonly number[] | undefined;

  /** Lines that `moved` has stand `margin` columns too far to the right. */
  constructor(text: string, shift: Pick<Indented, "moved" | "margin"> = NOT_MOVED) {
    this.text = text;
    this.shift = shift;
  }

  position(offset: number): Position {
    this.starts ??= [0, ...Array.from(this.text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)];
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const start = this.starts[low] ?? 0;
    const column = offset - start + 1 - (this.shift.moved.has(start) ? this.shift.margin : 0);
    return { line: low + 1, column: Math.max(1, column) };
  }
}
