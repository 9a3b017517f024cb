import type { Random } from "../../../base/random.ts";
import type { Ms } from "../../../base/units.ts";
import type { VirtualTime } from "../../virtual-time.ts";

/** What a part of a system finds around it during an incident. */
export interface Surroundings {
  readonly time: Pick<VirtualTime, "now" | "after">;
  /** To be told where something happens to the part at another one's doing, and not in its own time. */
  readonly touched: () => void;
  /**
   * Chance of this incident under a name: what is drawn under one disturbs nothing that is drawn under another, so two
   * designs meet the same fate where they are the same.
   */
  readonly chance: (name: string) => Random;
  readonly isLit: (zone: string) => boolean;
  /** Whether anybody outside of a zone can reach what is in it: it has power, and is not cut off. */
  readonly isReached: (zone: string) => boolean;
  /** Whether what is in a zone can reach anybody outside of it. */
  readonly reachesOut: (zone: string) => boolean;
  /** How many times as long requests take that go through a zone. */
  readonly slownessOf: (zone: string) => number;
  /** Whether somebody has led customers away from a zone. */
  readonly isShifted: (zone: string) => boolean;
  /** The time of the years that are played. */
  readonly clockMs: () => Ms;
  /** Which share of the customers is led to a region. */
  readonly ledTo: (region: string) => number;
  /** Whether a region has not been lost. */
  readonly isThere: (region: string) => boolean;
  /** Whether any region takes writes to databases. */
  readonly isWritable: () => boolean;
  /** A part of the system by its key; undefined: nothing has happened to it, and all of it is well. */
  readonly part: (key: string) => Part | undefined;
  /** Who is to blame for what begins now: whatever struck last. */
  readonly blame: () => Blame;
}

/** A world in which nothing goes wrong, and no customers come. */
export function calmSurroundings(time: Surroundings["time"], chance: Surroundings["chance"]): Surroundings {
  return {
    time,
    touched: () => undefined,
    chance,
    isLit: () => true,
    isReached: () => true,
    reachesOut: () => true,
    slownessOf: () => 1,
    isShifted: () => false,
    clockMs: () => 0,
    ledTo: () => 0,
    isThere: () => true,
    isWritable: () => true,
    part: () => undefined,
    blame: () => ({ lose: () => undefined, delay: () => undefined }),
  };
}

/** What struck, as those see it whom it cost something. */
export interface Blame {
  /** Acknowledged writes are gone, of which the oldest was so old. */
  readonly lose: (ageMs: Ms) => void;
  /** Work that was accepted has waited for so long. */
  readonly delay: (waitedMs: Ms) => void;
}

/** What strikes one part. */
export type Blow =
  /** One instance of it is gone. */
  | { readonly kind: "crash"; readonly instance: string }
  /** One instance of it answers nobody and does not exit, until it is replaced, or for so long. */
  | { readonly kind: "hang"; readonly instance: string; readonly forMs: Ms }
  /** All of it fails whoever asks, for so long, and no health check sees it. */
  | { readonly kind: "fail"; readonly forMs: Ms }
  /** Each request takes so many times as long, for so long. */
  | { readonly kind: "slow"; readonly factor: number; readonly forMs: Ms };

/** A part of a system during one incident. It is made when something happens to it, and gone when all is well again. */
export interface Part {
  /** Which share of the attempts at it succeeds at this moment, from 0 to 1. */
  share(): number;
  strike(blow: Blow): void;
  /**
   * Something has happened to it, to what it follows, or to the regions. Tells whether it must be looked at after
   * whatever happens next, anywhere: it changes as time goes by.
   */
  look(): boolean;
  /** A zone has lost its power or its links, or has them again. */
  zoneChanged(zone: string): void;
  /** The control plane has noticed that. */
  zoneNoticed(zone: string, available: boolean): void;
  /** Somebody has led customers away from a zone, or back. Left out: nobody is led to it. */
  zoneShifted?(zone: string): void;
}
