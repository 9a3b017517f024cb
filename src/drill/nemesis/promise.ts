import type { Ms } from "../../base/units.ts";
import type { Episode } from "./episode.ts";

/** A fault as the design's promise sees it. */
export interface InForce {
  readonly zones: readonly string[];
  /** Components that cannot work because of it, now. */
  readonly unavailable: readonly string[];
  /** It struck while an earlier fault's failover was under way. */
  readonly duringFailover: boolean;
  /** It took a whole region, for which another one stands ready. */
  readonly takesRegion: boolean;
}

/**
 * Whether the design promises that a journey with these needs works under these faults: all of them together touch one
 * zone at most, or one of them has taken the region that all others are in, or there is but one; none of them struck
 * while a failover was under way; and the journey needs nothing that cannot work.
 */
export function isPromised(needs: readonly string[], inForce: readonly InForce[]): boolean {
  if (inForce.some(({ unavailable }) => unavailable.some((component) => needs.includes(component)))) return false;
  if (inForce.length <= 1) return true;
  if (inForce.some(({ duringFailover }) => duringFailover)) return false;
  const { size } = new Set(inForce.flatMap(({ zones }) => zones));
  return size <= 1 || inForce.some(({ takesRegion, zones }) => takesRegion && zones.length === size);
}

/** A time after something happened, within which a journey was promised to become steady. */
export interface Span {
  readonly from: Ms;
  readonly to: Ms;
  /** The most lenient objective of the faults that it is about; null where one of them has none. */
  readonly rtoMs: Ms | null;
  /** The fault that struck at its beginning; null where it begins with a heal, or with the promise. */
  readonly episode: Episode | null;
  /** Whether one of them is about a whole region, which takes longer to recover from. */
  readonly ofRegion: boolean;
}

/**
 * The spans in which a journey was promised to become steady: each begins where a fault strikes, where one is undone,
 * or where the promise comes into force again; it ends where the next begins, where the promise ends, or at `until`. A
 * fault counts until its component was whole again after it, because until then the next one finds less than the
 * design rests on.
 */
export function promisedSpans(needs: readonly string[], episodes: readonly Episode[], until: Ms): readonly Span[] {
  const bounds = episodes.flatMap(({ from, healedAt, wholeAt }) => [from, healedAt ?? until, wholeAt ?? until]);
  const instants = [...new Set(bounds)].filter((at) => at < until).sort((a, b) => a - b);
  const spans: Span[] = [];
  let open: Span | null = null;
  for (const at of instants) {
    if (!isPromised(needs, inForceAt(episodes, at))) {
      if (open) spans.push({ ...open, to: at });
      open = null;
      continue;
    }
    const episode = episodes.find(({ from }) => from === at) ?? null;
    const isShock = episode !== null || episodes.some(({ healedAt, healable }) => healable && healedAt === at);
    if (open && !isShock) continue;
    if (open) spans.push({ ...open, to: at });
    open = { from: at, to: until, ...heldAt(episodes, at), episode };
  }
  return open ? [...spans, open] : spans;
}

function inForceAt(episodes: readonly Episode[], at: Ms): readonly InForce[] {
  return episodes
    .filter(({ from, wholeAt }) => from <= at && (wholeAt === null || wholeAt > at))
    .map(({ held, healedAt, duringFailover }) => ({
      zones: held.zones,
      unavailable: healedAt !== null && healedAt <= at ? [] : held.unavailable,
      duringFailover,
      takesRegion: held.region !== undefined,
    }));
}

/** By those that are in force, and those that end in this moment. */
function heldAt(episodes: readonly Episode[], at: Ms): Pick<Span, "rtoMs" | "ofRegion"> {
  const about = episodes.filter(({ from, wholeAt }) => from <= at && (wholeAt === null || wholeAt >= at));
  const times = about.map(({ held }) => held.objective.rtoMs);
  return {
    rtoMs: times.some((rtoMs) => rtoMs === null) ? null : Math.max(0, ...times.map((rtoMs) => rtoMs ?? 0)),
    ofRegion: about.some(({ held }) => held.region !== undefined),
  };
}
