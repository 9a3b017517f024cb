import type { Random } from "../../../base/random.ts";
import type { Ms } from "../../../base/units.ts";
import type { VirtualTime } from "../../virtual-time.ts";

/** What a part of a system finds around it during an incident. */
export interface Surroundings {
  readonly time: VirtualTime;
  /**
   * Chance of this incident under a name: what is drawn under one disturbs nothing that is drawn under another, so two
   * designs meet the same fate where they are the same.
   */
  readonly chance: (name: string) => Random;
  readonly isLit: (zone: string) => boolean;
  /** The time of the years that are played. */
  readonly clockMs: () => Ms;
  /** Which share of the customers is led to a region. */
  readonly ledTo: (region: string) => number;
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
  /** Something has happened somewhere in the system. */
  look(): void;
  /** A zone has lost its power, or has it again. */
  zoneChanged(zone: string): void;
  /** The control plane has noticed that. */
  zoneNoticed(zone: string, available: boolean): void;
}
