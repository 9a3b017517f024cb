import type { ReadBackEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import type { JourneyRecording, Recording } from "./recording.ts";

/** What became of the writes that were acknowledged. */
export interface Lost {
  readonly acknowledged: number;
  /** Acknowledged, absent through the public endpoint, and neither queued nor set aside. */
  readonly lost: number;
  /** What it would be if every acknowledged write whose whereabouts are unknown were lost too. */
  readonly lostAtMost: number;
  /** Of the lost ones: acknowledged after the fault had taken effect, by a side that had no right to. */
  readonly lostAfterFault: number;
  /** How old the oldest lost write was at the fault. */
  readonly oldestLostAgeMs: Ms;
  /** Still in a queue. */
  readonly pending: number;
  /** In a dead-letter queue. */
  readonly stranded: number;
  /** Keys that surviving replicas disagree about; at least 1 where their checksums differ. */
  readonly diverged: number;
}

/** Acknowledged writes of a journey, by key, with when that was. */
function acknowledgedWrites({ operations }: JourneyRecording): ReadonlyMap<string, Ms> {
  const written = operations.filter(({ action, outcome }) => action === "write" && outcome === "ok");
  return new Map(written.map(({ key, at }) => [key, at]));
}

/** What the last look at each key through the public endpoint showed. */
function readBack({ readBacks }: JourneyRecording): ReadonlyMap<string, ReadBackEvent["outcome"]> {
  return new Map(readBacks.filter(({ replica }) => replica === null).map(({ key, outcome }) => [key, outcome]));
}

/** Acknowledged, and absent through the public endpoint; with when they were acknowledged. */
export function absentWrites(journey: JourneyRecording): readonly { readonly key: string; readonly at: Ms }[] {
  const seen = readBack(journey);
  return [...acknowledgedWrites(journey)].flatMap(([key, at]) => (seen.get(key) === "absent" ? [{ key, at }] : []));
}

/** Holds every acknowledged write of a journey against what was read back. */
export function checkLost(journey: JourneyRecording, recording: Recording): Lost {
  const [acknowledged, seen] = [acknowledgedWrites(journey), readBack(journey)];
  const absent = absentWrites(journey).map(({ at }) => at);
  const unread = [...acknowledged.keys()].filter((key) => (seen.get(key) ?? "unknown") === "unknown").length;
  const queued = queuedWrites(journey, recording);
  const pending = Math.min(absent.length, queued.pending);
  const stranded = Math.min(absent.length - pending, queued.stranded);
  const lost = absent.length - pending - stranded;
  const { faultAt, struckAt } = recording;
  const ages = absent.map((at) => (faultAt === null ? 0 : faultAt - at));
  return {
    acknowledged: acknowledged.size,
    lost,
    // Which messages are queued cannot be told, so they might be others than these.
    lostAtMost: absent.length - stranded + unread,
    lostAfterFault: Math.min(lost, absent.filter((at) => struckAt !== null && at > struckAt).length),
    oldestLostAgeMs: lost > 0 ? ages.reduce((oldest, age) => Math.max(oldest, age), 0) : 0,
    pending,
    stranded,
    diverged: diverged(journey, recording),
  };
}

/**
 * How many messages are in the queues that the journey writes to; only dead letters that came since the drill began.
 */
function queuedWrites({ needs }: JourneyRecording, { queues }: Recording): { pending: number; stranded: number } {
  let [pending, stranded] = [0, 0];
  for (const name of new Set(queues.map(({ queue }) => queue).filter((queue) => needs.includes(queue)))) {
    const looks = queues.filter(({ queue }) => queue === name);
    const [first, last] = [looks[0]!, looks.at(-1)!]; // the name comes from one of them
    pending += last.pending;
    stranded += Math.max(0, last.stranded - first.stranded);
  }
  return { pending, stranded };
}

function diverged({ durability, readBacks, needs }: JourneyRecording, { divergences }: Recording): number {
  const byKey = Map.groupBy(readBacks, ({ key }) => key);
  // What is kept as well as may be is each region's own, and looks come from customers near each of them.
  const keys = durability === "best-effort" ? 0 : [...byKey.values()].filter(disagree).length;
  const tables = divergences.some(({ component, checksums }) => {
    const known = Object.values(checksums).filter((checksum) => checksum !== null);
    return needs.includes(component) && new Set(known).size > 1;
  });
  return tables ? Math.max(1, keys) : keys;
}

/** Whether one copy has the key that these looks are at, and another has not. */
export function disagree(looks: readonly ReadBackEvent[]): boolean {
  const pinned = looks.some(({ replica }) => replica !== null);
  const outcomes = new Set(looks.map(({ outcome }) => outcome));
  return pinned && outcomes.has("present") && outcomes.has("absent");
}
