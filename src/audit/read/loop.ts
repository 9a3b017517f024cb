/**
 * Unrolls `Fn::ForEach` in the sections that may have it, within resources too, before anything is evaluated.
 * Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
import type { AuditProblem } from "../../base/audit-document.ts";
import { type Json, type Path, type SourceDocument, isRecord, own, recordOf } from "./document.ts";
import { Origins, rewritten } from "./origin.ts";
import { problemAt } from "./problem.ts";

/** A template may have 500 resources; what unrolls to more values than this is none. */
const MOST_VALUES = 200_000;

const SECTIONS: readonly string[] = ["Resources", "Conditions", "Outputs"];

/** What is known of names while a template is read, before it is evaluated. */
export interface Known {
  readonly region: string | null;
  /** Values that the caller gives parameters, over their defaults. */
  readonly parameters: Readonly<Record<string, Json>>;
}

/** A document without loops. One that cannot be unrolled is left out, and told of. */
export function unrollLoops(
  document: SourceDocument,
  known: Known,
): { readonly document: SourceDocument; readonly problems: readonly AuditProblem[] } {
  const { data } = document;
  if (!isRecord(data) || !document.text.includes("Fn::ForEach")) return { document, problems: [] };
  const unroller = new Unroller(document, known);
  const sections = Object.entries(data).map(([name, section]): [string, Json] => [
    name,
    SECTIONS.includes(name) ? unroller.unroll(section, [name], [name], NOTHING) : section,
  ]);
  return { document: rewritten(document, recordOf(sections), unroller.origins), problems: unroller.problems };
}

/** The values of the loops around a part, by their identifiers. */
type Identifiers = ReadonlyMap<string, string>;

const NOTHING: Identifiers = new Map();

class Unroller {
  readonly origins = new Origins();
  readonly problems: AuditProblem[] = [];
  private readonly document: SourceDocument;
  private readonly known: Known;
  private values = 0;

  constructor(document: SourceDocument, known: Known) {
    this.document = document;
    this.known = known;
  }

  /** A part without loops: `made` is its path in what is made, `source` where it is written. */
  unroll(part: Json, made: Path, source: Path, identifiers: Identifiers): Json {
    this.values += 1;
    if (typeof part === "string") return filled(part, identifiers);
    if (Array.isArray(part)) {
      const items = part as readonly Json[];
      return items.map((item, at) => this.unroll(item, [...made, at], [...source, at], identifiers));
    }
    if (!isRecord(part)) return part;
    const name = own(part, "Ref");
    const value = typeof name === "string" ? identifiers.get(name) : undefined;
    if (value !== undefined && Object.keys(part).length === 1) return value;
    return recordOf(
      Object.entries(part).flatMap(([key, each]) => this.entries(key, each, { made, source, identifiers })),
    );
  }

  private entries(
    key: string,
    value: Json,
    { made, source, identifiers }: { made: Path; source: Path; identifiers: Identifiers },
  ): readonly (readonly [string, Json])[] {
    const from = [...source, key];
    if (key.startsWith("Fn::ForEach::")) return this.loop(value, made, from, identifiers);
    const name = filled(key, identifiers);
    const to = [...made, name];
    if (identifiers.size > 0) this.origins.add(to, from);
    return [[name, this.unroll(value, to, from, identifiers)]];
  }

  private loop(loop: Json, made: Path, source: Path, around: Identifiers): readonly (readonly [string, Json])[] {
    const [identifier, collection, body] = Array.isArray(loop) ? (loop as readonly Json[]) : [];
    if (typeof identifier !== "string" || !isRecord(body)) {
      return this.leaveOut(source, "is not [identifier, collection, body]", "write its three parts as a list");
    }
    const values = this.collection(collection, around);
    if (values === undefined) {
      const fix = "give the parameter a default, or hand its value in with --parameters";
      return this.leaveOut(source, "goes over a collection that the template does not tell", fix);
    }
    const entries: (readonly [string, Json])[] = [];
    for (const value of values) {
      if (this.values > MOST_VALUES) {
        return this.leaveOut(source, `unrolls to more than ${MOST_VALUES} values`, "shorten its collection");
      }
      const identifiers = new Map(around).set(identifier, value);
      for (const [key, each] of Object.entries(body)) {
        entries.push(...this.entries(key, each, { made, source: [...source, 2], identifiers }));
      }
    }
    return entries;
  }

  private leaveOut(source: Path, what: string, fix: string): readonly [] {
    const name = String(source.findLast((key) => typeof key === "string"));
    const problem = problemAt(this.document, source, { code: "AUD-014", message: `${name} ${what}`, fix });
    if (!this.problems.some(({ at, message }) => at === problem.at && message === problem.message)) {
      this.problems.push(problem);
    }
    return [];
  }

  /** The texts that a loop goes over; undefined where the file does not tell. */
  private collection(expression: Json | undefined, identifiers: Identifiers): readonly string[] | undefined {
    if (Array.isArray(expression)) {
      const items = (expression as readonly Json[]).map((each) => this.texts(each, identifiers));
      return items.includes(undefined) ? undefined : items.flatMap((each) => each ?? []);
    }
    return this.texts(expression, identifiers);
  }

  private texts(expression: Json | undefined, identifiers: Identifiers): readonly string[] | undefined {
    if (typeof expression === "string") return [filled(expression, identifiers)];
    if (typeof expression === "number" || typeof expression === "boolean") return [String(expression)];
    const name = own(expression, "Ref");
    if (typeof name === "string") return this.named(name, identifiers);
    const place = own(expression, "Fn::FindInMap");
    return Array.isArray(place) ? this.entry((place as readonly Json[]).slice(0, 3), identifiers) : undefined;
  }

  /** An entry of a mapping; where a key is not known, the one that all keys lead to. */
  private entry(keys: readonly Json[], identifiers: Identifiers): readonly string[] | undefined {
    let found: readonly (Json | undefined)[] = [own(this.document.data, "Mappings")];
    for (const key of keys) {
      const [only, ...others] = this.texts(key, identifiers) ?? [];
      const isKnown = only !== undefined && others.length === 0;
      found = found.flatMap((table) => (isKnown ? [own(table, only)] : isRecord(table) ? Object.values(table) : []));
    }
    const lists = found.map(listOf);
    const [first] = lists;
    return lists.every((list) => String(list) === String(first)) ? first : undefined;
  }

  private named(name: string, identifiers: Identifiers): readonly string[] | undefined {
    const identifier = identifiers.get(name);
    if (identifier !== undefined) return [identifier];
    if (name === "AWS::Region") return this.known.region === null ? undefined : [this.known.region];
    const declared = own(own(this.document.data, "Parameters"), name);
    const value = own(this.known.parameters, name) ?? own(declared, "Default");
    const type = own(declared, "Type");
    if (typeof type === "string" && type.startsWith("AWS::SSM::")) return undefined;
    const isOne = type === "String" || type === "Number";
    return isOne && value !== undefined ? [String(value)] : listOf(value);
  }
}

function listOf(value: Json | undefined): readonly string[] | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map(String);
  if (typeof value === "string") return value.split(",").map((each) => each.trim());
  return typeof value === "number" ? [String(value)] : undefined;
}

/** A text with the values of loops in it; `&{X}` leaves out what a logical id may not have. */
function filled(text: string, identifiers: Identifiers): string {
  if (identifiers.size === 0 || !text.includes("{")) return text;
  return text.replaceAll(/([$&])\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const value = identifiers.get(name);
    if (value === undefined) return whole;
    return sign === "&" ? value.replaceAll(/[^A-Za-z0-9]/g, "") : value;
  });
}
