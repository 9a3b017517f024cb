import type { Problem } from "../base/error.ts";
import { TABLE } from "../facts/serverless.ts";
import { type Read, type Reader, mapOf, oneOf, optional, orNull, required, shape, text, whole } from "./schema.ts";
import { keyPath, problem, show } from "./wording.ts";

/**
 * A table of items that are found by their key. DynamoDB on AWS, in every zone, and in both regions where there are
 * two. Point-in-time recovery and protection against deletion are on.
 *
 * @example
 * carts: {}
 * @example
 * shipments: { partitionKey: "parcel", sortKey: { name: "at", type: "number" }, timeToLive: "expires" }
 */
export interface Table {
  /** The attribute that tells where an item is kept; the name alone is that of a text. @default "id" */
  readonly partitionKey?: string | TableKey;
  /** The attribute that orders the items of one partition key. @default none */
  readonly sortKey?: string | TableKey;
  /** Further ways to find items, each with all attributes; they follow writes a moment later. @default none */
  readonly indexes?: { readonly [name: string]: TableIndex };
  /** The attribute that says when an item expires, in seconds since 1970. @default nothing expires */
  readonly timeToLive?: string;
  /** Capacity units a second, between which AWS scales. @default on demand: as many as come */
  readonly capacity?: { readonly read: TableCapacity; readonly write: TableCapacity };
  /** A cache in front of it, a node a zone (DAX): answers in microseconds, a moment old. @default false */
  readonly accelerator?: boolean;
}

/** An attribute that is part of a key. */
export interface TableKey {
  readonly name: string;
  /** @default "text" */
  readonly type?: "text" | "number" | "binary";
}

/** A global secondary index. */
export interface TableIndex {
  readonly partitionKey: string | TableKey;
  /** @default none */
  readonly sortKey?: string | TableKey;
}

/** Least and most capacity units a second, from 1 to 40,000. */
export interface TableCapacity {
  readonly min: number;
  readonly max: number;
}

/** A table as a definition has it, with all that was left out. */
export type TableDefinition = Read<typeof readTable>;

const readAttribute = text({ max: TABLE.keyLength.value });

const readWholeKey = shape({
  name: required(readAttribute),
  type: optional(oneOf("text", "number", "binary"), "text"),
});

/** A name alone stands for a text of that name. */
const readKey: typeof readWholeKey = (value, at, problems) =>
  readWholeKey(typeof value === "string" ? { name: value } : value, at, problems);

const readIndexName = text({
  max: 255,
  pattern: /^[A-Za-z0-9_.-]{3,255}$/,
  form: "a name of 3 to 255 letters, digits, dots, dashes and underscores",
});

const readIndex = shape({ partitionKey: required(readKey), sortKey: orNull(readKey) }, checkKeys);

const units = { min: 1, max: TABLE.capacity.value };
const readCapacity = shape(
  { min: required(whole(units)), max: required(whole(units)) },
  ({ min, max }, at, problems) => {
    if (min === undefined || max === undefined || min <= max) return;
    problems.push(problem("DEF-011", at, `min (${min}) is more than max (${max})`, `write ${min} or more as "max"`));
  },
);

const fields = {
  partitionKey: optional(readKey, { name: "id", type: "text" }),
  sortKey: orNull(readKey),
  indexes: optional(mapOf(readIndex, TABLE.indexes.value, readIndexName), {}),
  timeToLive: orNull(readAttribute),
  capacity: orNull(shape({ read: required(readCapacity), write: required(readCapacity) })),
  accelerator: optional(oneOf(true, false), false),
};

type Key = NonNullable<Read<typeof readWholeKey>>;
type Found = {
  readonly [K in keyof typeof fields]?: (typeof fields)[K] extends { read: Reader<infer T> } ? T | null : never;
};

/** Reads a table. */
export const readTable = shape(fields, (found, at, problems) => {
  checkKeys({ partitionKey: found.partitionKey, sortKey: found.sortKey }, at, problems);
  checkTypes(found, at, problems);
});

function checkKeys(
  { partitionKey, sortKey }: { readonly partitionKey?: Key | undefined; readonly sortKey?: Key | null | undefined },
  at: string,
  problems: Problem[],
): void {
  if (!partitionKey || !sortKey || partitionKey.name !== sortKey.name) return;
  const message = `${show(sortKey.name)} is both the partition key and the sort key`;
  problems.push(problem("DEF-011", `${at}.sortKey`, message, "name another attribute"));
}

/** An attribute has one type in all keys, and one that tells a time is a number. */
function checkTypes(found: Found, at: string, problems: Problem[]): void {
  const keys = [
    { at: `${at}.partitionKey`, key: found.partitionKey },
    { at: `${at}.sortKey`, key: found.sortKey },
    ...Object.entries(found.indexes ?? {}).flatMap(([name, { partitionKey, sortKey }]) => [
      { at: `${keyPath(`${at}.indexes`, name)}.partitionKey`, key: partitionKey },
      { at: `${keyPath(`${at}.indexes`, name)}.sortKey`, key: sortKey },
    ]),
  ];
  const types = new Map<string, string>(found.timeToLive ? [[found.timeToLive, "number"]] : []);
  for (const { at, key } of keys) {
    if (!key) continue;
    const type = types.get(key.name) ?? key.type;
    types.set(key.name, type);
    if (type === key.type) continue;
    const message = `attribute ${show(key.name)} is a ${key.type} here and a ${type} elsewhere in the table`;
    problems.push(problem("DEF-011", at, message, `write type: ${show(type)}`));
  }
}
