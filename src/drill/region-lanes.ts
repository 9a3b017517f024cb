import type { JournalEvent, WorldEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import type { Recording } from "./check/recording.ts";
import { RECOVERY } from "./check/region-stages.ts";

/** What a region is for a while: the one that takes writes, one that stands ready, or one that was given up. */
export interface RegionStretch {
  readonly role: "leads" | "stands-ready" | "given-up";
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** What was done with a region, as part of a plan. */
export interface RegionStage {
  readonly name: string;
  readonly plan: string;
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/** One region over the time of a drill. */
export interface RegionLane {
  readonly region: string;
  readonly roles: readonly RegionStretch[];
  /** When it had no power. */
  readonly dark: readonly { readonly fromMs: Ms; readonly toMs: Ms }[];
  readonly stages: readonly RegionStage[];
  /** When customers began to be led to it. */
  readonly arrivals: readonly Ms[];
  /** By database: how far its copy was behind, each time that somebody looked; null: nobody knew. */
  readonly lags: readonly {
    readonly component: string;
    readonly points: readonly { readonly atMs: Ms; readonly lagMs: Ms | null }[];
  }[];
}

/** Services that are led elsewhere within this time are led there together. */
const TOGETHER_MS: Ms = 1_000;

type Own = Extract<WorldEvent, { kind: "decision" | "act" }>;
type Stretch = { -readonly [K in keyof RegionStretch]: RegionStretch[K] };

interface Grid {
  readonly zero: Ms;
  readonly fromMs: Ms;
  readonly toMs: Ms;
}

/**
 * The regions of a drill over its time line, in their order; null of a drill that is not about regions. In the
 * beginning the first one leads.
 */
export function regionLanes(
  events: readonly JournalEvent[],
  { world, footprint }: Pick<Recording, "world" | "footprint">,
  grid: Grid,
): readonly RegionLane[] | null {
  if (footprint === null) return null;
  const names = footprint.regions.map(({ region }) => region);
  const own = world.filter(
    (event): event is Own => (event.kind === "decision" || event.kind === "act") && event.component === RECOVERY,
  );
  const roles = rolesOf(names, own, grid);
  const stages = stagesOf(own, grid);
  return names.map((region) => ({
    region,
    roles: roles.get(region) ?? [],
    dark: darkOf(region, events, grid),
    stages: stages.get(region) ?? [],
    arrivals: arrivalsIn(region, world, grid),
    lags: lagsOf(region, world, grid),
  }));
}

function rolesOf(
  names: readonly string[],
  own: readonly Own[],
  { zero, fromMs, toMs }: Grid,
): ReadonlyMap<string, readonly RegionStretch[]> {
  const lanes = new Map<string, Stretch[]>(
    names.map((name, at) => [name, [{ role: at === 0 ? "leads" : "stands-ready", fromMs, toMs }]]),
  );
  const roleOf = (name: string): RegionStretch["role"] | undefined => lanes.get(name)?.at(-1)?.role;
  const turn = (name: string, role: RegionStretch["role"], at: Ms): void => {
    const lane = lanes.get(name);
    const last = lane?.at(-1);
    if (!lane || !last || last.role === role) return;
    last.toMs = at - zero;
    lane.push({ role, fromMs: at - zero, toMs });
  };
  const leaders = (): readonly string[] => names.filter((name) => roleOf(name) === "leads");
  for (const { plan, event } of inPlans(own)) {
    if (event.kind === "act" && event.act === "promote" && event.ok) {
      for (const former of leaders()) if (former !== event.subject) turn(former, "stands-ready", event.at);
      turn(event.subject, "leads", event.at);
    }
    if (event.kind !== "decision") continue;
    if (event.what === "began" && plan?.kind === "failover")
      for (const lost of leaders()) if (lost !== plan.to) turn(lost, "given-up", event.at);
    if (event.what === "finished" && plan?.kind === "rejoin") turn(plan.to, "stands-ready", event.at);
  }
  return lanes;
}

/** Each stage from the end of the one before it, so that tries which failed are part of it. */
function stagesOf(own: readonly Own[], { zero }: Grid): ReadonlyMap<string, readonly RegionStage[]> {
  const stages = new Map<string, RegionStage[]>();
  let since = 0;
  for (const { plan, event } of inPlans(own)) {
    if (event.kind === "decision" && event.what === "began") since = event.at;
    if (event.kind !== "act" || !event.ok || plan === null) continue;
    const [fromMs, toMs] = [since - zero, event.at - zero];
    const stage = { name: event.act, plan: plan.kind, fromMs, toMs };
    stages.set(event.subject, [...(stages.get(event.subject) ?? []), stage]);
    since = event.at;
  }
  return stages;
}

/** Each event with the plan that was under way; a plan says at its beginning what it is. */
function* inPlans(own: readonly Own[]): Generator<{ plan: { kind: string; to: string } | null; event: Own }> {
  let plan: { kind: string; to: string } | null = null;
  for (const event of own) {
    if (event.kind === "decision" && event.what === "began")
      plan = { kind: event.detail?.split(" ")[0] ?? "", to: event.subject };
    yield { plan, event };
    if (event.kind === "decision" && event.what === "finished") plan = null;
  }
}

function darkOf(region: string, events: readonly JournalEvent[], { zero, toMs }: Grid): RegionLane["dark"] {
  const dark: { fromMs: Ms; toMs: Ms }[] = [];
  let isDark = false;
  for (const event of events) {
    if (event.kind !== "fault" || !event.primitives.some((each) => takesPower(each, region))) continue;
    const last = dark.at(-1);
    if (event.action === "inject" && !isDark) dark.push({ fromMs: event.at - zero, toMs });
    else if (event.action === "heal" && isDark && last) last.toMs = event.at - zero;
    isDark = event.action === "inject";
  }
  return dark;
}

function takesPower(primitive: unknown, region: string): boolean {
  const { kind, region: struck } = (primitive ?? {}) as { kind?: unknown; region?: unknown };
  return kind === "region-power-off" && struck === region;
}

/** Each of the services that customers come to is led there by itself; the last one counts of those together. */
function arrivalsIn(region: string, world: readonly WorldEvent[], { zero, fromMs, toMs }: Grid): readonly Ms[] {
  const led = world.flatMap((event) => {
    const ms = event.at - zero;
    const is = event.kind === "decision" && event.what === "traffic-shifted" && event.subject === region;
    return is && ms >= fromMs && ms <= toMs ? [ms] : [];
  });
  return led.filter((ms, at) => (led[at + 1] ?? Number.POSITIVE_INFINITY) - ms > TOGETHER_MS);
}

function lagsOf(region: string, world: readonly WorldEvent[], { zero, fromMs, toMs }: Grid): RegionLane["lags"] {
  const samples = world.filter((event) => event.kind === "lag").filter((event) => event.region === region);
  return [...Map.groupBy(samples, ({ component }) => component)].map(([component, own]) => ({
    component,
    points: own
      .map(({ at, lagMs }) => ({ atMs: at - zero, lagMs }))
      .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
  }));
}
