/**
 * Reads YAML as CloudFormation does: YAML 1.1's scalars (`yes` is true), short tags (`!Ref`) in their long form,
 * anchors and merge keys, the first document of several. Depth and size are bounded, aliases by what they would expand
 * to, so that no input takes more than its own length in time or memory.
 */
import {
  type Event,
  EVENT_ID,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
  getScalarValue,
  parseEvents,
} from "js-yaml";
import { type Json, emptyRecord } from "./document.ts";

/** More values than any template has, aliases written out. */
const MOST_VALUES = 1_000_000;

/** Nesting beyond this is no template: CloudFormation's own limit is far below. */
export const DEEPEST = 100;

/** A value of a document, and where it begins. */
export interface Node {
  readonly start: number;
  readonly value: Json;
  /** How many levels it holds, aliases written out; a scalar holds none. */
  readonly depth: number;
  /** How many values it holds, itself included, aliases written out. */
  readonly weight: number;
  /** The parts of a mapping or list, by key or index; `start` is that of the key. */
  readonly parts: ReadonlyMap<string, Node> | null;
}

/** Where a text stops being YAML. */
export class YamlError extends SyntaxError {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "YamlError";
    this.offset = offset;
  }
}

/**
 * The first document of a text. Throws a `YamlError` where it is no YAML, a `RangeError` where it is too much of
 * it.
 */
export function parseYaml(text: string): Node {
  try {
    return new Reader(text, parseEvents(text, { maxDepth: DEEPEST })).document();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new YamlError(error.reason, error.mark?.position ?? 0);
  }
}

class Reader {
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, Node>();
  private at = 0;
  /** Where the last part began: what is empty begins there too. */
  private last = 0;
  /** How many values aliases stand for so far. */
  private expanded = 0;

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  document(): Node {
    const first = this.events[this.at];
    if (first?.type === EVENT_ID.DOCUMENT) this.at += 1;
    const next = this.events[this.at];
    return next === undefined || next.type === EVENT_ID.POP ? leaf(0, null) : this.node();
  }

  private node(): Node {
    const event = this.events[this.at];
    this.at += 1;
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) {
      throw new YamlError("the document ends too early", this.last);
    }
    if (event.type === EVENT_ID.ALIAS) return this.alias(event.anchorStart, event.anchorEnd);
    const node = tagged(this.bare(event), event.tagStart < 0 ? "" : this.text.slice(event.tagStart, event.tagEnd));
    if (node.depth > DEEPEST) throw new RangeError(`nested more than ${DEEPEST} levels deep`);
    if (event.anchorStart >= 0) this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  private bare(event: Exclude<Event, { type: 1 | 5 | 6 }>): Node {
    if (event.type === EVENT_ID.SCALAR) return leaf(this.startOf(event), this.scalar(event));
    this.last = event.start;
    return event.type === EVENT_ID.SEQUENCE ? this.list(event.start) : this.mapping(event.start);
  }

  private startOf(event: ScalarEvent): number {
    this.last = event.valueStart < 0 ? Math.max(this.last, event.tagStart) : event.valueStart;
    return this.last;
  }

  private alias(start: number, end: number): Node {
    const name = this.text.slice(start, end);
    const node = this.anchors.get(name);
    if (node === undefined) throw new YamlError(`alias *${name} has no anchor above it`, start);
    this.expanded += node.weight;
    if (this.expanded > MOST_VALUES) throw new RangeError(`more than ${MOST_VALUES} values, aliases written out`);
    return node;
  }

  private scalar(event: ScalarEvent): Json {
    const value = getScalarValue(this.text, event);
    const quoted = event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0;
    return quoted ? value : plain(value);
  }

  private list(start: number): Node {
    const parts = new Map<string, Node>();
    while (!this.ended()) parts.set(String(parts.size), this.node());
    return collection(
      start,
      parts,
      [...parts.values()].map(({ value }) => value),
    );
  }

  private mapping(start: number): Node {
    const parts = new Map<string, Node>();
    const merged: Node[] = [];
    while (!this.ended()) {
      const key = this.key();
      const each = this.node();
      if (key.merges) merged.push(each);
      else parts.set(key.name, { ...each, start: key.start });
    }
    for (const source of merged.flatMap((each) =>
      Array.isArray(each.value) ? [...(each.parts?.values() ?? [])] : [each],
    )) {
      for (const [key, part] of source.parts ?? []) if (!parts.has(key)) parts.set(key, part);
    }
    const value = emptyRecord<Json>();
    for (const [key, part] of parts) value[key] = part.value;
    return collection(start, parts, value);
  }

  /** A key as it is written: `1.10` stays so, which as a number it would not. */
  private key(): { readonly name: string; readonly start: number; readonly merges: boolean } {
    const event = this.events[this.at];
    if (event?.type !== EVENT_ID.SCALAR || event.anchorStart >= 0) {
      const { value, start } = this.node();
      return { name: typeof value === "object" ? JSON.stringify(value) : String(value), start, merges: false };
    }
    this.at += 1;
    const name = getScalarValue(this.text, event);
    return { name, start: this.startOf(event), merges: name === "<<" && event.style === SCALAR_STYLE.PLAIN };
  }

  /** Whether the collection that is read ends here; goes past its end. */
  private ended(): boolean {
    const event = this.events[this.at];
    if (event === undefined) throw new YamlError("the document ends too early", this.last);
    if (event.type !== EVENT_ID.POP) return false;
    this.at += 1;
    return true;
  }
}

function leaf(start: number, value: Json): Node {
  return { start, value, depth: 0, weight: 1, parts: null };
}

function collection(start: number, parts: ReadonlyMap<string, Node>, value: Json): Node {
  let [depth, weight] = [0, 1];
  for (const part of parts.values()) {
    depth = Math.max(depth, part.depth);
    weight += part.weight;
  }
  return { start, value, depth: depth + 1, weight, parts };
}

/** CloudFormation's short tags; of others, the value alone counts. */
const SHORT_TAGS: ReadonlyMap<string, string> = new Map([
  ["!Ref", "Ref"],
  ["!Condition", "Condition"],
  ...[
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "Equals",
    "FindInMap",
    "ForEach",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
  ].map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

function tagged(node: Node, tag: string): Node {
  const name = SHORT_TAGS.get(tag);
  return name === undefined ? node : collection(node.start, new Map([[name, node]]), { [name]: node.value });
}

/** A plain scalar by YAML 1.1; a number that would lose something (`1.10`, an account's leading zero) stays text. */
function plain(text: string): Json {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(true|yes|on)$/i.test(text)) return true;
  if (/^(false|no|off)$/i.test(text)) return false;
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}
