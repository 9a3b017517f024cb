/** Plain data, as a file holds it: intrinsic functions in their long form. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;

/** A mapping of a file. Its keys are the file's: read them by {@link own}, never by what every object has. */
export interface JsonRecord {
  readonly [key: string]: Json;
}

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

/** Both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One file as plain data that remembers where each of its parts stands. */
export interface SourceDocument {
  /** As the user named it, or relative to what they named. */
  readonly file: string;
  readonly text: string;
  readonly data: Json;
  /** Where the value at `path` begins, its key included; the nearest part above it that exists where there is none. */
  locate(path: Path): Position;
}

/** Whether a value is a mapping. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a mapping holds under a key; undefined for what is no mapping, and for names that every object has. */
export function own(value: unknown, key: string): Json | undefined {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Has no key of its own, and a text, so that nothing fails where somebody takes a mapping for one. */
const NO_KEYS: object = Object.freeze(
  Object.assign(Object.create(null) as object, { [Symbol.toPrimitive]: () => "{…}" }),
);

/** An empty mapping of which every key will be data, `__proto__` and `toString` too. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(NO_KEYS) as Record<string, T>;
}

/** A mapping of entries; those that are undefined are left out. */
export function recordOf(entries: Iterable<readonly [string, Json | undefined]>): JsonRecord {
  const record = emptyRecord<Json>();
  for (const [key, value] of entries) if (value !== undefined) record[key] = value;
  return record;
}

/** Whether there is a value at a path. */
export function exists(data: Json | undefined, path: Path): boolean {
  let part = data;
  for (const key of path) part = Array.isArray(part) ? (part[Number(key)] as Json | undefined) : own(part, String(key));
  return part !== undefined;
}
