import type { Clock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Host } from "../base/host.ts";
import type { WorldEvent } from "../base/journal.ts";
import { type Ms, formatDuration } from "../base/units.ts";
import { stagesOf } from "../control/recovery/stages.ts";
import type { RunCode } from "../local/codes.ts";
import type { RecoveryCommand, RecoveryStatus } from "../world/recovery.ts";
import type { World } from "../world/world.ts";

/** The name under which the recovery of regions decides and acts. */
const RECOVERY = "recovery";
const LOOK_AGAIN_MS: Ms = 250;

/** What the verbs are told about the system that runs here. */
export interface LocalRecoveryOptions {
  readonly to?: string;
  readonly allowDataLoss?: boolean;
  /** The answer is no: the lost region is waited for. */
  readonly decline?: boolean;
  /** It is handed over without loss or not at all: a failback. */
  readonly lossless?: boolean;
}

/** What the recovery of regions is told, and what that means. */
export interface LocalRecovery {
  readonly command: RecoveryCommand;
  readonly from: string;
  readonly to: string;
  readonly planned: boolean;
  /** How far the other region's copies are behind. */
  readonly lags: readonly { readonly replica: string; readonly lagMs: Ms | null }[];
  readonly plannedStages: readonly string[];
}

/**
 * How it ended: `refused` with why, which may be that a person is to say first whether the region is given up; or
 * `interrupted`, and then it goes on by itself.
 */
export interface LocalRecoveryEnd {
  readonly end: "failed-over" | "declined" | "refused" | "interrupted";
  readonly why: string | null;
  readonly stages: readonly { readonly name: string; readonly ms: Ms }[];
}

/**
 * What to tell the recovery of the system that runs here. Where it asks whether a region is given up, that is answered.
 * Else the region that serves hands over without loss while it is seen, and is given up where it is not; with
 * `allowDataLoss` it is given up in either case, with `lossless` in none. Throws RUN-037 where there is no other
 * region, RUN-038 where nothing is asked.
 */
export function chooseRecovery(
  { recovery: strategy }: Pick<World["topology"], "recovery">,
  status: RecoveryStatus | null,
  { to: wanted, allowDataLoss, decline, lossless }: LocalRecoveryOptions,
): LocalRecovery {
  if (status === null) throw oneRegion();
  const { active: from, asked, regions } = status;
  const to = wanted ?? regions.find(({ name }) => name !== from)!.name; // there are several
  const known = regions.find(({ name }) => name === to);
  if (!known) throw noRegion(to, regions);
  if (decline && !asked) throw notAsked(from);
  const isAnswer = asked && !lossless;
  const isSeen = regions.some(({ name, seen }) => name === from && seen);
  const planned = lossless || (isSeen && !isAnswer && !allowDataLoss);
  const kind = planned ? "switchover" : "failover";
  return {
    command: isAnswer ? { what: "answer", approved: decline !== true } : { what: kind, to },
    from,
    to,
    planned,
    lags: Object.entries(known.lagMs).map(([replica, lagMs]) => ({ replica, lagMs })),
    plannedStages: decline ? [] : stagesOf(kind, strategy),
  };
}

/** Tells it, and watches until it is at its end. Aborting `signal` ends the watching alone. */
export async function recoverHere(
  world: World,
  { command }: LocalRecovery,
  around: { readonly host: Host; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<LocalRecoveryEnd> {
  const { host, clock, signal } = around;
  const stages: { name: string; ms: Ms }[] = [];
  const ended = Promise.withResolvers<Pick<LocalRecoveryEnd, "end" | "why">>();
  const unwatch = world.watch((event: WorldEvent) => {
    if (!("component" in event) || event.component !== RECOVERY) return;
    if (event.kind === "act" && event.ok) {
      stages.push({ name: event.act, ms: Math.round(event.tookMs) });
      host.say({ level: "info", about: event.act, text: formatDuration(event.tookMs) });
    }
    if (event.kind !== "decision") return;
    const why = event.detail ?? null;
    // A switchover whose target is lost meanwhile is taken back: the region that served goes on.
    const end = why?.endsWith("taken back") ? "refused" : ENDS[event.what];
    if (end !== undefined) ended.resolve({ end, why });
    if (event.what === "asked") ended.resolve({ end: "refused", why: `${event.subject} was lost half-way; ${why}` });
  });
  const over = new AbortController();
  try {
    await world.recover(command);
    const given = AbortSignal.any([signal, over.signal]);
    return { ...(await Promise.race([ended.promise, watching(world, clock, given)])), stages };
  } finally {
    over.abort();
    unwatch();
  }
}

/** Until nobody wants to watch any more; rejects where the system is gone. */
async function watching(world: World, clock: Clock, signal: AbortSignal) {
  while (!signal.aborted) {
    await clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined); // aborted, as the loop sees
    if (!signal.aborted) await world.status();
  }
  return { end: "interrupted", why: null } as const;
}

const ENDS: Readonly<Record<string, LocalRecoveryEnd["end"]>> = {
  finished: "failed-over",
  declined: "declined",
  refused: "refused",
};

function oneRegion(): UserError {
  return new UserError({
    code: "RUN-037" satisfies RunCode,
    message: "one region runs, so there is none that could take over",
    fix: "run `holdfast down`, and then `holdfast up --regions all`",
  });
}

function noRegion(name: string, regions: RecoveryStatus["regions"]): UserError {
  return new UserError({
    code: "RUN-037" satisfies RunCode,
    message: `"${name}" is no region that runs here (there are ${regions.map((each) => each.name).join(", ")})`,
    fix: "name one of these regions",
  });
}

function notAsked(active: string): UserError {
  return new UserError({
    code: "RUN-038" satisfies RunCode,
    message: `nobody asks whether ${active} is given up, so there is nothing to decline`,
    fix: "see `holdfast status`",
  });
}
