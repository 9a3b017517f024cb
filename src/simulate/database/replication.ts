import type { Random } from "../../base/random.ts";
import { accepts, contains } from "../history.ts";
import type { Network } from "../network.ts";
import type { VirtualTime } from "../virtual-time.ts";
import { type Copy, deliver, isAttached } from "./copy.ts";
import type { Ledger } from "./ledger.ts";

/** What replication needs of its surroundings. */
export interface ReplicationSetting {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly copies: ReadonlyMap<string, Copy>;
  /** How many standbys hold a write before it is acknowledged. */
  readonly acknowledging: number;
}

/** A standby that cannot reach its source tries again after this, and so does one whose stream starved. */
const RECONNECT_MS = 300;
const STARVED_MS = 1_000;

/** Lets a standby receive from its source, as soon and as often as it can. */
export function receive(setting: ReplicationSetting, standby: Copy): void {
  const { life, source } = standby;
  const attempt = (): void => {
    if (standby.life !== life || standby.source !== source || standby.stream) return;
    const from = source === null ? undefined : setting.copies.get(source);
    if (!from || standby.process === "stopped") return;
    if (canStream(setting, standby, from)) {
      connect(setting, standby, from);
    } else {
      setting.time.after(RECONNECT_MS * (0.5 + setting.random.next()), attempt);
    }
  };
  attempt();
}

/** Whether its history left the source's. */
export function hasDiverged(standby: Copy, from: Copy): boolean {
  return from.log === null || standby.log === null || !accepts(from.log, standby.log);
}

function canStream({ network }: ReplicationSetting, standby: Copy, from: Copy): boolean {
  const up = standby.process === "running" && from.process === "running" && from.role === "primary";
  const linked = network.passes(from.zone, standby.zone) && network.passes(standby.zone, from.zone);
  return up && linked && !hasDiverged(standby, from);
}

function connect(setting: ReplicationSetting, standby: Copy, from: Copy): void {
  if (from.log && standby.log && !contains(from.log, standby.log)) {
    setting.ledger.fail(
      `${standby.id} streams from ${from.id} although their histories differ: timeline numbers collide`,
    );
  }
  standby.stream = { from, life: from.life, sending: false };
  send(setting, standby);
}

/** Sends what the primary has now; while that is under way, what is written later waits. */
function send(setting: ReplicationSetting, standby: Copy): void {
  const stream = standby.stream;
  const log = stream?.from.log;
  if (!stream || !log || stream.sending) return;
  stream.sending = true;
  setting.time.after(latency(setting.random), () => {
    stream.sending = false;
    if (standby.stream !== stream) return;
    if (!setting.network.passes(stream.from.zone, standby.zone)) return starve(setting, standby);
    deliver(standby, () => {
      if (standby.stream !== stream) return; // it was held, or follows another
      standby.log = log;
      standby.received = true;
      standby.timelines = Math.max(standby.timelines, stream.from.timelines);
      report(setting, standby, log.offset);
      if (isAttached(standby, stream.from) && stream.from.log && stream.from.log.offset > log.offset)
        send(setting, standby);
    });
  });
}

/** The standby says how far it has flushed. */
function report(setting: ReplicationSetting, standby: Copy, offset: number): void {
  const stream = standby.stream;
  if (!stream) return;
  const { from, life } = stream;
  setting.time.after(latency(setting.random), () => {
    if (from.life !== life) return;
    if (!setting.network.passes(standby.zone, from.zone)) return starve(setting, standby);
    deliver(from, () => {
      from.flushed.set(standby.id, Math.max(offset, from.flushed.get(standby.id) ?? 0));
      acknowledge(setting, from);
    });
  });
}

/** Nothing comes through any more: after a while the stream is given up and another is tried. */
function starve(setting: ReplicationSetting, standby: Copy): void {
  const { stream } = standby;
  setting.time.after(STARVED_MS, () => {
    if (standby.stream !== stream || !stream) return;
    standby.stream = null;
    receive(setting, standby);
  });
}

/** A client's write reaches a process that takes itself for the primary. */
export function write(setting: ReplicationSetting, primary: Copy): void {
  if (primary.process !== "running" || primary.role !== "primary" || !primary.log) return;
  primary.log = { ...primary.log, offset: primary.log.offset + 1 };
  acknowledge(setting, primary);
  for (const standby of setting.copies.values()) {
    if (standby.stream?.from === primary) send(setting, standby);
  }
}

/** Tells its clients of every write that enough standbys hold. */
function acknowledge({ ledger, acknowledging }: ReplicationSetting, primary: Copy): void {
  if (primary.role !== "primary" || !primary.log) return;
  const held = primary.standbys.map((id) => primary.flushed.get(id) ?? 0).toSorted((a, b) => b - a);
  const upTo = acknowledging === 0 ? primary.log.offset : (held[acknowledging - 1] ?? 0);
  if (upTo <= primary.acknowledged) return;
  primary.acknowledged = upTo;
  ledger.acknowledged(primary, { branch: primary.log.branch, offset: upTo });
}

function latency(random: Random): number {
  return random.next() < 0.05 ? 100 * random.next() : 1 + 5 * random.next();
}
