/**
 * What a property is, as far as its file tells: plain data, in which parts may stand for another resource, for one of
 * several values, for a text with such parts, or for something that only a deployment knows.
 */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap | Symbolic;

/** A mapping of properties. */
export interface ValueMap {
  readonly [property: string]: Value | undefined;
}

/** What is not plain data. */
export type Symbolic = Reference | Choice | Text | Unknown;

/** Another resource of the audited files, or one attribute of it. */
export class Reference {
  /** Key of the resource in the model, unique over all files. */
  readonly key: string;
  /** Logical id or address, for people. */
  readonly id: string;
  /** `Arn` and the like; null for what `Ref` gives. */
  readonly attribute: string | null;

  constructor(key: string, id: string, attribute: string | null) {
    this.key = key;
    this.id = id;
    this.attribute = attribute;
  }
}

/** One of several values, and the file does not say which: a condition or the key of a mapping is open. */
export class Choice {
  /** At least two, none of them a choice; `undefined` is a property that is then absent. */
  readonly options: readonly (Value | undefined)[];
  /** What would decide it, for people: `condition IsProduction`; undefined where several things would. */
  readonly needs: string | undefined;

  private constructor(options: readonly (Value | undefined)[], needs: string | undefined) {
    this.options = options;
    this.needs = needs;
  }

  /** The choice among `options`; the only one where they are all the same. */
  static of(options: readonly (Value | undefined)[], needs?: string): Value | undefined {
    const inner = options.find((option) => option instanceof Choice)?.needs;
    const flat = options.flatMap((option) => (option instanceof Choice ? option.options : [option]));
    const distinct = new Map(flat.map((option) => [keyOf(option), option]));
    return distinct.size > 1 ? new Choice([...distinct.values()], needs ?? inner) : flat[0];
  }
}

/** Text of which not every part is known. */
export class Text {
  readonly parts: readonly Value[];

  constructor(parts: readonly Value[]) {
    this.parts = parts;
  }
}

/** What only a deployment, or a file that was not given, can tell. */
export class Unknown {
  /** What would decide it, for people: `parameter SubnetA, which has no default`. */
  readonly needs: string;
  /** Two unknowns of one identity are the same value; of two, nothing can be said. */
  readonly identity: string;
  /** What it is made of: an element of what an attribute gives depends on that resource. */
  readonly sources: readonly Reference[];

  constructor(needs: string, identity: string = needs, sources: readonly Reference[] = []) {
    this.needs = needs;
    this.identity = identity;
    this.sources = sources;
  }
}

/** Whether a value is a mapping of properties. */
export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSymbolic(value);
}

/** Whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is anything but plain data. */
export function isSymbolic(value: Value | undefined): value is Symbolic {
  return value instanceof Reference || value instanceof Choice || value instanceof Text || value instanceof Unknown;
}

/** All that a value may be: its options, or itself. `undefined` is an absent property. */
export function optionsOf(value: Value | undefined): readonly (Value | undefined)[] {
  return value instanceof Choice ? value.options : [value];
}

/** What stands beside it in a mapping may be made by a macro. */
const MACRO = "Fn::Transform";

/** The part at a path of keys and indices, such as `VpcConfig.SubnetIds.0`; of a choice, the choice of the parts. */
export function partOf(value: Value | undefined, path: string): Value | undefined {
  return partAt(value, path.split("."));
}

function partAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  const [key, ...rest] = path;
  if (key === undefined || value === undefined || value === null) return value;
  if (value instanceof Choice) return Choice.of(value.options.map((option) => partAt(option, path)));
  if (value instanceof Unknown) return new Unknown(value.needs, `${value.identity}.${path.join(".")}`, value.sources);
  if (isList(value)) return partAt(value[Number(key)], rest);
  if (!isMap(value)) return undefined;
  if (Object.hasOwn(value, key)) return partAt(value[key], rest);
  return Object.hasOwn(value, MACRO) ? new Unknown("what a macro puts here", `macro ${path.join(".")}`) : undefined;
}

/** The resources that a value names, wherever in it. */
export function referencesIn(value: Value | undefined): readonly Reference[] {
  if (value instanceof Reference) return [value];
  if (value instanceof Unknown) return value.sources;
  if (value instanceof Text) return value.parts.flatMap(referencesIn);
  if (value instanceof Choice) return value.options.flatMap(referencesIn);
  if (isList(value)) return value.flatMap(referencesIn);
  return isMap(value) ? Object.values(value).flatMap(referencesIn) : [];
}

/** A key longer than this would cost more than it tells. */
const LONGEST_KEY = 100_000;

/** Keys of what is larger than a key may be, each of its own: nothing can be said of two such values. */
const largeKeys = new WeakMap<object, string>();
let largeValues = 0;

/** A text that two values share only where they are the same. */
export function keyOf(value: Value | undefined): string {
  const parts: string[] = [];
  if (writeKey(value, parts, LONGEST_KEY) >= 0) return parts.join("");
  const before = typeof value === "object" && value !== null ? largeKeys.get(value) : undefined;
  if (before !== undefined) return before;
  largeValues += 1;
  const key = `large(${largeValues})`;
  if (typeof value === "object" && value !== null) largeKeys.set(value, key);
  return key;
}

/** Writes a key, and gives how many more characters it may have; less than none where it became too long. */
function writeKey(value: Value | undefined, parts: string[], room: number): number {
  const write = (text: string): number => (text.length > room ? -1 : room - (parts.push(text), text.length));
  if (value === undefined) return write("absent");
  if (value instanceof Reference) return write(`ref(${value.key}.${value.attribute ?? ""})`);
  if (value instanceof Unknown) return write(`unknown(${value.identity})`);
  if (value instanceof Text) return writeKeys("text(", value.parts, parts, room);
  if (value instanceof Choice) return writeKeys("choice(", value.options, parts, room);
  if (isList(value)) return writeKeys("[", value, parts, room);
  if (isMap(value)) return writeKeys("{", Object.entries(value).flat() as readonly Value[], parts, room);
  return typeof value === "string" && value.length > room ? -1 : write(JSON.stringify(value));
}

function writeKeys(open: string, values: readonly (Value | undefined)[], parts: string[], room: number): number {
  let left = room - open.length;
  parts.push(open);
  for (const value of values) {
    left = writeKey(value, parts, left);
    parts.push(",");
    left -= 1;
    if (left < 0) return left;
  }
  parts.push(")");
  return left;
}

/** What a value is told as has to fit into a line; plain data into less, since it says less. */
const LONGEST_TOLD = { plain: 80, symbolic: 240 } as const;

/** A value for people: short, and with the names that the file has. */
export function shown(value: Value | undefined): string {
  const longest = isSymbolic(value) ? LONGEST_TOLD.symbolic : LONGEST_TOLD.plain;
  const text = told(value, longest);
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}

/** A value in words, of which about `room` characters are needed. */
function told(value: Value | undefined, room: number): string {
  if (value === undefined) return "not set";
  if (value instanceof Reference) return value.attribute === null ? value.id : `${value.id}.${value.attribute}`;
  if (value instanceof Unknown) return value.needs;
  if (value instanceof Text) return toldAll(value.parts, { between: "", room, tell: toldPart });
  if (value instanceof Choice) return toldAll(value.options, { between: " or ", room, tell: told });
  if (isList(value)) return `[${toldAll(value, { between: ",", room, tell: told })}]`;
  if (!isMap(value)) return JSON.stringify(typeof value === "string" ? value.slice(0, room + 1) : value);
  const tell = ([key, each]: readonly [string, Value | undefined], left: number): string =>
    `${JSON.stringify(key)}:${told(each, left)}`;
  return `{${toldAll(Object.entries(value), { between: ",", room, tell })}}`;
}

function toldPart(part: Value, room: number): string {
  return typeof part === "string" ? part.slice(0, room + 1) : told(part, room);
}

function toldAll<T>(
  values: readonly T[],
  { between, room, tell }: { between: string; room: number; tell: (value: T, room: number) => string },
): string {
  let text = "";
  for (const [at, value] of values.entries()) {
    if (text.length > room) break;
    text += (at === 0 ? "" : between) + tell(value, room - text.length);
  }
  return text;
}
