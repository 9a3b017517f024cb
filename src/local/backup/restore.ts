import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { UserError } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import type { RunCode } from "../codes.ts";
import type { Archive } from "./archive.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Stretch, type Way, restorable, wayTo, wayToLatest } from "./coverage.ts";
import { Damage } from "./damage.ts";
import { type Recovered, type RecoveryEngine, recover } from "./recover.ts";
import { unpack } from "./unpack.ts";

/** A disk that was made of an archive. */
export interface Restored extends Recovered {
  /** Id of the base backup that it was made of. */
  readonly base: string;
  /** All that was acknowledged before is in it: what is lost is what came after. */
  readonly completeAt: Ms;
  /** Segments of log that were replayed over it. */
  readonly segments: number;
  readonly tookMs: Ms;
}

/** What is restored, and to where. */
export interface RestoreOptions {
  readonly archive: Archive;
  /** Null: as late as the archive goes. */
  readonly toTime: Ms | null;
  readonly into: string;
  readonly engine: RecoveryEngine;
  readonly clock: Clock;
}

/**
 * How `archive` brings back `toTime`, or its latest state (null). Throws a `UserError` where it cannot, with what can
 * be had instead. Nothing is read yet but the catalogue.
 */
export function planRestore(name: string, catalogue: Catalogue, toTime: Ms | null): Way {
  const way = toTime === null ? wayToLatest(catalogue) : wayTo(catalogue, toTime);
  if (way !== undefined && way.missing !== null) throw gap(name, way, way.missing);
  if (way !== undefined) return way;
  const key = catalogue.unreadable.find(({ damage }) => damage === "key");
  if (key !== undefined) throw unusable(name, key.part, new Damage("key", key.why));
  const stretches = restorable(catalogue);
  const wanted = toTime === null ? "its latest state" : new Date(toTime).toISOString();
  throw new UserError({
    code: "RUN-030" satisfies RunCode,
    message: `the backups of "${name}" do not reach ${wanted} (they have ${drawStretches(stretches)})`,
    fix:
      stretches.length === 0
        ? "run `holdfast backup` while the system runs"
        : "give --to-time one of those times, or leave it out for the latest",
  });
}

/**
 * Makes the disk of a primary in the folder `into`, which must not be in use, as the database was at `toTime` (null: as
 * late as the archive goes). Everything is verified before it is used, replayed, and every row read; where something is
 * wrong it rejects with a `UserError`, and removes what it made. See `PostgresMember.adopt` for what comes after.
 */
export async function restoreTo(options: RestoreOptions): Promise<Restored> {
  const { archive, into, engine, clock } = options;
  const started = clock.now();
  const log = `${into}-log`;
  try {
    const way = await unpackBase(options, await archive.catalogue());
    await stageLog(engine.name, archive, { log, segments: way.segments });
    const recovered = await recover(engine, { data: into, log }, way);
    const { base, segments, completeAt } = way;
    return { ...recovered, base: base.id, segments: segments.length, completeAt, tookMs: clock.now() - started };
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(log, { recursive: true, force: true });
  }
}

/** The latest state would be one from before the gap: that must be asked for. */
function gap(name: string, { completeAt }: Way, segment: string): UserError {
  const last = new Date(completeAt).toISOString();
  return new UserError({
    code: "RUN-031" satisfies RunCode,
    message: `the backups of "${name}" have a gap: log/${segment} is missing, and all that was written after ${last}`,
    fix: `give --to-time ${last} for the state before it`,
    at: `log/${segment}`,
  });
}

/** Stretches of time in words, the oldest first. */
function drawStretches(stretches: readonly Stretch[]): string {
  const time = (at: Ms): string => new Date(at).toISOString();
  if (stretches.length === 0) return "nothing that can be restored";
  return stretches.map(({ from, to }) => (from === to ? time(from) : `${time(from)} to ${time(to)}`)).join(", ");
}

/** Unpacks the newest base backup that leads there; where that is damaged, an older one. */
async function unpackBase(options: RestoreOptions, catalogue: Catalogue): Promise<Way> {
  const { archive, toTime, into, engine } = options;
  const way = planRestore(engine.name, catalogue, toTime);
  try {
    await unpack(archive, way.base, into);
    return way;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const others = { ...catalogue, bases: catalogue.bases.filter((base) => base !== way.base) };
    const isLast = (toTime === null ? wayToLatest(others) : wayTo(others, toTime)) === undefined;
    if (isLast || error.kind === "key") throw unusable(engine.name, `base/${way.base.id}`, error);
    return unpackBase(options, others);
  }
}

/** All histories come along, those of other branches too: from them the server knows which timeline is new. */
async function stageLog(
  name: string,
  archive: Archive,
  { log, segments }: { readonly log: string; readonly segments: readonly string[] },
): Promise<void> {
  await rm(log, { recursive: true, force: true });
  await mkdir(log, { recursive: true, mode: 0o700 });
  const histories = (await archive.logNames()).filter((each) => each.endsWith(".history"));
  for (const part of [...histories, ...segments])
    await reading(name, `log/${part}`, () => writeFile(join(log, part), archive.readLog(part), { mode: 0o600 }));
}

async function reading(name: string, part: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    throw error instanceof Damage ? unusable(name, part, error) : error;
  }
}

function unusable(name: string, part: string, damage: Damage): UserError {
  if (damage.kind === "key") {
    return new UserError({
      code: "RUN-032" satisfies RunCode,
      message: `the backup of "${name}" cannot be read: ${damage.message}`,
      fix: "set HOLDFAST_BACKUP_KEY to the key that it was made with",
      at: part,
      cause: damage,
    });
  }
  return new UserError({
    code: "RUN-031" satisfies RunCode,
    message: `the backup of "${name}" is damaged: ${part} is ${damage.kind} (${damage.message})`,
    fix: "restore an earlier time, or from the other region's copy, and run `holdfast backup` for a new one",
    at: part,
    cause: damage,
  });
}
