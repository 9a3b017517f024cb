import type { TableDefinition } from "../../definition/table.ts";

export interface TableKey {
  readonly name: string;
  readonly type: "text" | "number" | "binary";
}

/** Least and most capacity units a second, between which AWS scales. */
export interface TableCapacity {
  readonly min: number;
  readonly max: number;
}

export interface TableSettings {
  readonly partitionKey: TableKey;
  readonly sortKey: TableKey | null;
  /** Global secondary indexes, with all attributes. */
  readonly indexes: readonly {
    readonly name: string;
    readonly partitionKey: TableKey;
    readonly sortKey: TableKey | null;
  }[];
  /** The attribute that holds when an item expires, in seconds since the epoch; null: nothing expires. */
  readonly timeToLive: string | null;
  /** Null: on demand. */
  readonly capacity: { readonly read: TableCapacity; readonly write: TableCapacity } | null;
  /** A DAX cluster beside it, a node a zone. */
  readonly accelerator: boolean;
}

/** What a definition says of a table. */
export function tableSettings(table: TableDefinition): TableSettings {
  const { partitionKey, sortKey, timeToLive, capacity, accelerator } = table;
  const indexes = Object.entries(table.indexes).map(([name, index]) => ({ name, ...index }));
  return { partitionKey, sortKey, indexes, timeToLive, capacity, accelerator };
}
