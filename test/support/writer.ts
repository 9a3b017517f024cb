import { messageOf } from "../../src/base/error.ts";
import type { DatabaseRig, RigZone } from "./database-rig.ts";

/** A program that writes one row after the other to one member, and keeps the books of what was acknowledged. */
export interface Writer {
  readonly acknowledged: string[];
  /** Why it ended; undefined while it writes on, or hangs. */
  failure(): string | undefined;
  stop(): void;
}

/** The table that writers write to. */
export async function createWrites(rig: DatabaseRig, zone: RigZone): Promise<void> {
  const client = await rig.connect(zone);
  await client.query("create table if not exists writes (k text primary key)");
  await client.end();
}

/** Starts a writer named `name`; its keys begin with the name. */
export async function startWriter(rig: DatabaseRig, zone: RigZone, name: string): Promise<Writer> {
  const client = await rig.connect(zone);
  const acknowledged: string[] = [];
  let failure: string | undefined;
  let stopped = false;
  const write = async (): Promise<void> => {
    for (let i = 0; ; i++) {
      if (stopped) return;
      const key = `${name}-${i}`;
      await client.query("insert into writes values ($1)", [key]);
      acknowledged.push(key);
    }
  };
  void write().catch((error: unknown) => (failure = messageOf(error)));
  return { acknowledged, failure: () => failure, stop: () => void (stopped = true) };
}

/** The keys that a member holds. */
export async function writesOn(rig: DatabaseRig, zone: RigZone): Promise<ReadonlySet<string>> {
  const client = await rig.connect(zone);
  const { rows } = await client.query<{ k: string }>("select k from writes");
  await client.end();
  return new Set(rows.map(({ k }) => k));
}
