import type { Ms } from "../base/units.ts";
import type { LinkEffect, LinkPurpose, LinkRule, Place } from "./primitive.ts";

/** The far end of a link, as fault rules name it. */
export interface LinkEnd {
  /** A zone, a region for what is regional, or "outside". */
  readonly zone: string;
  readonly component: string;
  readonly instance: string | null;
}

/** What happens to the bytes that travel one way: all rules that match, combined. */
export interface DirectionEffect {
  readonly blocked: "cut" | "black-hole" | null;
  /** The delays of all matching rules together. */
  readonly delayMs: Ms;
  /** The lowest of all matching rules; null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
}

/** Who dials whom, for what. The dialer is known by its zone alone: a client cannot choose its source address. */
export interface LinkPath {
  readonly dialer: { readonly zone: string };
  readonly target: LinkEnd;
  readonly purpose: LinkPurpose;
}

/** What the rules do to both directions of a path; `forward` is from the dialer to the target. */
export interface PathEffects {
  readonly forward: DirectionEffect;
  readonly backward: DirectionEffect;
}

/** No rule matches. The one instance of it, so that "nothing to do" is a comparison of references. */
export const CLEAR: DirectionEffect = Object.freeze({ blocked: null, delayMs: 0, bytesPerSecond: null });

const ALL_CLEAR: PathEffects = Object.freeze({ forward: CLEAR, backward: CLEAR });

/**
 * What all active `rules` together do to each direction of `path`. A cut wins over a black hole; delays add up; the
 * lowest throttle wins.
 */
export function effectsOn(rules: readonly LinkRule[], path: LinkPath): PathEffects {
  if (rules.length === 0) return ALL_CLEAR;
  const { dialer, target, purpose } = path;
  const relevant = rules.filter((rule) => rule.purposes === undefined || rule.purposes.includes(purpose));
  return {
    forward: combine(relevant.filter((rule) => isDialer(rule.from, dialer.zone) && isTarget(rule.to, target))),
    backward: combine(relevant.filter((rule) => isTarget(rule.from, target) && isDialer(rule.to, dialer.zone))),
  };
}

/** The same effects with `share` of their delays. */
export function delayedBy(effects: PathEffects, share: number): PathEffects {
  const { forward, backward } = effects;
  if (share === 1 || (forward.delayMs === 0 && backward.delayMs === 0)) return effects;
  const slowed = (effect: DirectionEffect): DirectionEffect => ({ ...effect, delayMs: effect.delayMs * share });
  return { forward: slowed(forward), backward: slowed(backward) };
}

/** Whether a connection over `path` could be made and used: bytes arrive both ways, however late. */
export function isOpen(rules: readonly LinkRule[], path: LinkPath): boolean {
  return blockedBy(effectsOn(rules, path)) === null;
}

/** What keeps a connection from being made or used, whichever direction it is in: TCP needs both. */
export function blockedBy({ forward, backward }: PathEffects): DirectionEffect["blocked"] {
  if (forward.blocked === "cut" || backward.blocked === "cut") return "cut";
  return forward.blocked ?? backward.blocked;
}

/** A place that names a component or an instance never matches a dialer: a rule breaks no more than it names. */
function isDialer(place: Place, zone: string): boolean {
  return (
    place.component === undefined && place.instance === undefined && (place.zone === undefined || place.zone === zone)
  );
}

function isTarget(place: Place, end: LinkEnd): boolean {
  return (
    (place.zone === undefined || place.zone === end.zone) &&
    (place.component === undefined || place.component === end.component) &&
    (place.instance === undefined || place.instance === end.instance)
  );
}

function combine(rules: readonly LinkRule[]): DirectionEffect {
  if (rules.length === 0) return CLEAR;
  return rules.map((rule) => rule.effect).reduce<DirectionEffect>(add, CLEAR);
}

function add(sum: DirectionEffect, effect: LinkEffect): DirectionEffect {
  switch (effect.kind) {
    case "cut":
      return { ...sum, blocked: "cut" };
    case "black-hole":
      return { ...sum, blocked: sum.blocked ?? "black-hole" };
    case "slow":
      return { ...sum, delayMs: sum.delayMs + effect.delayMs };
    case "throttle":
      return { ...sum, bytesPerSecond: Math.min(sum.bytesPerSecond ?? Infinity, effect.bytesPerSecond) };
  }
}
