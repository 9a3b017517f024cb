import type { WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { type Pace, atAws } from "../../topology/timing.ts";
import type { JourneyRecording, Recording } from "./recording.ts";
import { RECOVERY, regionStages } from "./region-stages.ts";
import { restoreStages } from "./restore-stages.ts";
import type { Stage } from "./stage.ts";

type Decision = Extract<WorldEvent, { kind: "decision" }>;

/**
 * What each component went through after the fault: noticed (an interval of AWS's), a replica promoted (the provider's
 * time), the endpoint moved (its TTL); or more tasks asked for, until they served. A component that nothing was noticed
 * of has none. Where another region took over, or backups were restored, that is what customers waited for, and what
 * components did meanwhile is part of it.
 */
export function checkStages(recording: Recording): readonly Stage[] {
  const ofRegion = regionStages(recording);
  if (ofRegion.length > 0) return ofRegion;
  const ofRestore = restoreStages(recording);
  return ofRestore.length > 0 ? ofRestore : componentStages(recording);
}

function componentStages(recording: Recording): readonly Stage[] {
  const { faultAt, world, drill } = recording;
  if (faultAt === null) return [];
  const decisions = world.filter((event): event is Decision => event.kind === "decision" && event.at >= faultAt);
  const components = new Set(world.flatMap((event) => ("component" in event ? [event.component] : [])));
  return [...components].flatMap((component) => {
    const first = (what: string, from: Ms): Ms | undefined =>
      decisions.find((each) => each.component === component && each.what === what && each.at >= from)?.at;
    const noticed = first("detected", faultAt) ?? first("zone-lost", faultAt);
    const detectedAt = noticed ?? lastSightLost(recording, component, faultAt) ?? redundancyLost(recording, component);
    if (detectedAt === undefined) return [];
    // An exit that the host saw needs no health check to be noticed, so no interval of AWS's passes.
    const exitedAt = first("exited", faultAt);
    // What came to light only under a second blow that waited for the first to be over is that one's doing.
    const { at: secondAt, waitedFor } = recording.secondBlow ?? { at: 0, waitedFor: null };
    const from = waitedFor === "observed" && detectedAt >= secondAt ? secondAt : faultAt;
    const seenByHost = exitedAt !== undefined && exitedAt <= detectedAt;
    const promotedAt = first("promoted", detectedAt);
    const shiftedAt = first("shifted", promotedAt ?? detectedAt);
    const chain: Stage[] = [
      {
        name: "detect",
        component,
        class: seenByHost ? "provider" : "timer",
        from,
        to: detectedAt,
        documentedMs: null,
      },
    ];
    const scaledAt = first("scaled-out", faultAt) === undefined ? undefined : first("scale-out-complete", detectedAt);
    if (scaledAt !== undefined) {
      const documentedMs = drill.documentedMs[component] ?? null;
      chain.push({ name: "scale", component, class: "provider", from: detectedAt, to: scaledAt, documentedMs });
    }
    if (promotedAt !== undefined) {
      const documentedMs = drill.documentedMs[component] ?? null;
      const since = sinceMended(recording, component, { from: detectedAt, to: promotedAt });
      chain.push({ name: "promote", component, class: "provider", from: since, to: promotedAt, documentedMs });
    }
    if (shiftedAt !== undefined) {
      chain.push({
        name: "shift",
        component,
        class: "timer",
        from: sinceMended(recording, component, { from: promotedAt ?? detectedAt, to: shiftedAt }),
        to: shiftedAt,
        documentedMs: null,
      });
    }
    return chain;
  });
}

/** Where nothing could go on before the fault was undone, the time until then is the fault's, and no stage's. */
function sinceMended(
  { expectation, healedAt }: Recording,
  component: string,
  { from, to }: { readonly from: Ms; readonly to: Ms },
): Ms {
  const waited = expectation.unavailable.includes(component) && healedAt !== null && healedAt <= to;
  return waited ? Math.max(from, healedAt) : from;
}

/** When it was first known not to be whole: the only trace of a task whose end its host saw. */
function redundancyLost({ world, faultAt, healedAt }: Recording, component: string): Ms | undefined {
  const [from, to] = [faultAt ?? Number.POSITIVE_INFINITY, healedAt ?? Number.POSITIVE_INFINITY];
  const lost = world.filter((event) => event.kind === "redundancy" && event.component === component && !event.full);
  return lost.find(({ at }) => at >= from && at <= to)?.at;
}

/**
 * When the last of those who watch an instance of it stopped seeing it: only then does no one send anything there. What
 * starts meanwhile was not seen before.
 */
function lastSightLost({ world, healedAt }: Recording, component: string, faultAt: Ms): Ms | undefined {
  const firstByObserver = new Map<string, Ms>();
  const startedAt = new Map<string, Ms>();
  for (const event of world) {
    if (event.kind !== "act" || event.act !== "start" || event.component !== component || event.at < faultAt) continue;
    startedAt.set(event.subject, Math.min(event.at - event.tookMs, startedAt.get(event.subject) ?? Infinity));
  }
  for (const event of world) {
    if (event.kind !== "sight" || event.component !== component || event.ok || event.at < faultAt) continue;
    if (event.at >= (startedAt.get(event.instance) ?? Infinity)) continue;
    if (healedAt !== null && event.at > healedAt) continue;
    const who = `${event.observer} ${event.instance}`;
    firstByObserver.set(who, firstByObserver.get(who) ?? event.at);
  }
  return firstByObserver.size === 0 ? undefined : Math.max(...firstByObserver.values());
}

/**
 * The stages that a journey had to wait for: those of what it needs, and those of zones and of regions, which
 * everything needs.
 */
export function stagesOf(journey: Pick<JourneyRecording, "needs">, stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(
    ({ component }) => component === "zone" || component === RECOVERY || journey.needs.includes(component),
  );
}

/**
 * What a journey waited for after its components had recovered: its own program's reconnecting. Null where it waited
 * for nothing.
 */
export function reconnectStage(journey: JourneyRecording, stages: readonly Stage[], steadyAt: Ms | null): Stage | null {
  const last = [...stagesOf(journey, stages)].sort((a, b) => b.to - a.to)[0];
  if (!last || steadyAt === null || steadyAt <= last.to) return null;
  return {
    name: "reconnect",
    component: last.component,
    class: "program",
    from: last.to,
    to: steadyAt,
    documentedMs: null,
  };
}

/**
 * What the time from `from` to `to` comes to at AWS: the part that overlaps a stage grows as that stage does, the rest
 * is the program's and stays. Of several components, the one counts that makes it longest.
 */
export function projectToAws(span: { from: Ms; to: Ms }, stages: readonly Stage[], pace: Pace): Ms {
  const here = Math.max(0, span.to - span.from);
  const chains = [...Map.groupBy(stages, ({ component }) => component).values()];
  const projected = chains.map((chain) => {
    const parts = chain.map((stage) => {
      const ms = Math.min(stage.to, span.to) - Math.max(stage.from, span.from);
      if (ms <= 0) return { ms: 0, comesTo: 0 };
      return { ms, comesTo: atAws({ class: stage.class, ms, documentedMs: stage.documentedMs ?? 0 }, pace) };
    });
    return parts.reduce((sum, { ms, comesTo }) => sum + comesTo - ms, here);
  });
  return Math.max(here, ...projected);
}
