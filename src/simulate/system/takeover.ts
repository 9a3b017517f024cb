import { BEHIND, TAKEOVER } from "../../facts/takeover.ts";
import { ALB } from "../../facts/timing.ts";
import type { StageName } from "../../control/recovery/language.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import type { Component, ServiceComponent, Topology } from "../../topology/topology.ts";
import { type TakeoverPlan, watchersOf } from "./part/regions.ts";
import { type Mishap, type Spread, meanTime } from "./spread.ts";

/** Pauses of the control plane itself. */
const RETRY_MS = 5_000;
/** A region is taken back when it has been seen for so long. */
const CALM_MS = 300_000;

/** What decides how long a takeover takes, beside the definition. */
export interface TakeoverConditions {
  readonly dns: { readonly probe: ProbeSpec; readonly ttlMs: number };
  readonly mishap: Mishap;
}

/** How the second region takes over; null where there is none, or where the edge serves all by itself. */
export function takeoverOf(
  topology: Topology,
  needed: readonly Component[],
  { dns, mishap }: TakeoverConditions,
): TakeoverPlan | null {
  const names = topology.regions.map(({ name }) => name);
  const [first] = names;
  if (first === undefined || names.length < 2) return null;
  return {
    spec: {
      regions: names,
      first,
      readiness: topology.recovery,
      watchers: watchersOf(names),
      mode: "approval",
      onLag: null,
      retryMs: RETRY_MS,
      calmMs: CALM_MS,
    },
    probe: dns.probe,
    decideMs: TAKEOVER.decide.value,
    stageMs: stagesFor(topology, needed, dns),
    dnsTtlMs: dns.ttlMs,
    isActiveActive: topology.recovery === "active-active",
    hasWriter: needed.some(({ kind }) => kind === "database"),
    losses: needed.flatMap((component) => lossesOf(component, topology)),
    mishap,
    wayBack: { afterMs: TAKEOVER.wayBack.value, pauseMs: TAKEOVER.switchover.value },
  };
}

function stagesFor(
  { recovery }: Topology,
  needed: readonly Component[],
  dns: TakeoverConditions["dns"],
): Readonly<Partial<Record<StageName, readonly Spread[]>>> {
  const databases = needed.filter(({ kind }) => kind === "database");
  const isRestored = recovery === "backup-restore";
  const promotions = databases.map(({ settings }) =>
    "engine" in settings && settings.engine.startsWith("aurora")
      ? TAKEOVER.promoteAurora.value
      : TAKEOVER.promoteReplica.value,
  );
  const tasks = slowest(needed.flatMap((component) => (component.kind === "service" ? [taskStart(component)] : [])));
  const caches = needed.some(({ kind }) => kind === "cache") && !isRestored ? [TAKEOVER.createCache.value] : [];
  const { intervalMs, timeoutMs, unhealthyThreshold } = dns.probe;
  const untilFollowed = (unhealthyThreshold - 1) * intervalMs;
  return {
    restore: [TAKEOVER.deployStacks.value, ...(databases.length > 0 ? [TAKEOVER.restoreDatabase.value] : [])],
    promote: isRestored ? [] : slowest(promotions.map((each) => [each])),
    start: [...caches, ...tasks],
    scale: tasks,
    shift: [TAKEOVER.alarm.value, [untilFollowed, untilFollowed], [0, intervalMs + timeoutMs], [0, dns.ttlMs]],
    reseed: [TAKEOVER.replaceMember.value],
  };
}

/** Until the balancer sends a new task customers. */
function taskStart({ settings: { health } }: ServiceComponent): readonly Spread[] {
  const { healthyThreshold, healthInterval } = ALB;
  const wait = (health?.healthyThreshold ?? healthyThreshold.value) * (health?.intervalMs ?? healthInterval.value);
  return [TAKEOVER.startTask.value, [0, wait]];
}

/** Side by side: the one that takes longest on average stands for all. */
function slowest(chains: readonly (readonly Spread[])[]): readonly Spread[] {
  const meanOf = (chain: readonly Spread[]): number => chain.reduce((sum, each) => sum + meanTime(each), 0);
  return chains.reduce<readonly Spread[]>((worst, chain) => (meanOf(chain) > meanOf(worst) ? chain : worst), []);
}

/** What a component's copy in the other region lacks at any moment: what is on its way, or was not backed up yet. */
function lossesOf({ kind, settings }: Component, topology: Topology): readonly (readonly Spread[])[] {
  const backups: readonly Spread[] = [[0, topology.shipping.backups.everyMs], BEHIND.copy.value];
  const isRestored = topology.recovery === "backup-restore";
  switch (kind) {
    case "database":
      if (isRestored) return [backups];
      return [[settings.engine.startsWith("aurora") ? BEHIND.aurora.value : BEHIND.replica.value]];
    case "table":
      return [isRestored ? backups : [BEHIND.table.value]];
    case "bucket":
      return settings.replication === "other-region" ? [[BEHIND.bucket.value]] : [];
    case "file-system":
      return [isRestored || settings.engine !== "efs" ? backups : [BEHIND.fileSystem.value]];
    case "volume":
      return [[[0, settings.snapshotEveryMs], BEHIND.copy.value]];
    default:
      return [];
  }
}
