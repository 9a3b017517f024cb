import type { Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";
import type { LinkRule } from "./primitive.ts";
import { observersOf } from "../topology/observer.ts";
import type { Region, Zone } from "../topology/topology.ts";
import { isOpen } from "./link-rules.ts";

/**
 * What the control plane can command. It stands, as a region's does, with the zones that have power and still reach a
 * majority of the places that decide; what is cut off from those cannot be commanded, killed or heard.
 * Its view of *failures* does not come from here, but from the observers; this is only how far its arm reaches.
 */
export interface Reach {
  /** Whether the zone's agents can be commanded and heard. */
  zone(zone: string): boolean;
  /** A zone from which commands to this member can travel; undefined where there is none. */
  vantage(member: PlacedMember): Zone | undefined;
}

/** An instance of a database or cache, and where it stands. */
export interface PlacedMember {
  readonly id: string;
  readonly component: string;
  readonly zone: Zone;
}

/** How soon after a zone can be heard again what its agent has to say is heard. */
const LISTEN_AGAIN_MS: Ms = 100;

/**
 * Calls `tell` once the agent of `zone` can be heard: at once, or as soon as the control plane reaches it again. What
 * happened while nobody listened is told then: agents remember.
 */
export function onceHeard(
  { reach, clock }: { readonly reach: Pick<Reach, "zone">; readonly clock: Pick<Clock, "after"> },
  zone: string,
  tell: () => void,
): void {
  if (reach.zone(zone)) tell();
  else clock.after(LISTEN_AGAIN_MS, () => onceHeard({ reach, clock }, zone, tell));
}

/** What {@link createReach} looks at whenever it is asked. */
export interface ReachView {
  readonly region: Pick<Region, "name" | "zones">;
  rules(): readonly LinkRule[];
  /** Of a zone, or, by the region's own name, of what stands beside them. */
  powered(place: string): boolean;
}

/** The reach of a control plane that stands where `view` says; it holds nothing itself, so it is never out of date. */
export function createReach(view: ReachView): Reach {
  const { zones } = view.region;
  const places = observersOf(view.region);
  const opens = (from: string, to: string): boolean =>
    from === to || isOpen(view.rules(), { dialer: { zone: from }, target: endIn(to), purpose: "control" });
  const inMajority = ({ name }: Zone): boolean => {
    if (!view.powered(name)) return false;
    const reached = places.filter((other) => view.powered(other) && opens(name, other) && opens(other, name));
    return reached.length > places.length / 2;
  };
  return {
    zone: (name) => zones.some((zone) => zone.name === name && inMajority(zone)),
    vantage: (member) => {
      if (!view.powered(member.zone.name)) return undefined;
      const target = { zone: member.zone.name, component: member.component, instance: member.id };
      return zones.find(
        (zone) => inMajority(zone) && isOpen(view.rules(), { dialer: { zone: zone.name }, target, purpose: "control" }),
      );
    },
  };
}

function endIn(place: string): { zone: string; component: string; instance: null } {
  return { zone: place, component: "zone", instance: null };
}
