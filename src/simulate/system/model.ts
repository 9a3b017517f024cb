import type { ProbeSpec } from "../../topology/spec.ts";
import type { FrontPlan } from "./part/front.ts";
import type { PlainPlan } from "./part/plain.ts";
import type { TakeoverPlan } from "./part/regions.ts";
import type { ReplicaPlan } from "./part/replica.ts";
import type { TasksPlan } from "./part/tasks.ts";
import type { WarmthPlan } from "./part/warmth.ts";
import type { WayOutPlan } from "./part/way-out.ts";
import type { WorkPlan } from "./part/work.ts";
import type { Spread } from "./spread.ts";

/** How a part of the system behaves. */
export type PartPlan = PlainPlan | ReplicaPlan | TasksPlan | FrontPlan | WayOutPlan | WorkPlan | WarmthPlan;

/** What a hazard does. */
export type Harm =
  | { readonly kind: "crash"; readonly part: string; readonly instance: string }
  | { readonly kind: "hang"; readonly part: string; readonly instance: string; readonly lastsMs: Spread }
  /** These parts of a component fail whoever asks, at once. `region`: where, if another region would not have it. */
  | {
      readonly kind: "fail";
      readonly component: string;
      readonly parts: readonly string[];
      readonly lastsMs: Spread;
      readonly region?: string;
    }
  /** The component is slow in a region: requests of these parts, which wait for it, take so many times as long. */
  | {
      readonly kind: "slow";
      readonly component: string;
      readonly parts: readonly string[];
      readonly factor: number;
      readonly lastsMs: Spread;
      readonly region: string;
    }
  | { readonly kind: "zone"; readonly zone: string; readonly lastsMs: Spread }
  | LinkHarm
  | { readonly kind: "region"; readonly region: string; readonly lastsMs: Spread };

/** A zone has power, and its links are broken. */
export interface LinkHarm {
  readonly kind: "link";
  readonly zone: string;
  /** Both ways; what goes out of it alone; or they are slow. */
  readonly trouble: "cut" | "mute" | "slow";
  /** How many times as long requests take that go through it, where it is slow. */
  readonly factor: number;
  readonly lastsMs: Spread;
  /** Until somebody leads customers away from it, where health checks do not. */
  readonly shiftMs: Spread;
  /** Databases and caches of its region, each with the tasks that wait for it: by their keys. */
  readonly waiting: readonly (readonly [store: string, tasks: string])[];
}

/** Something that happens by chance, as often at any time as at any other (a Poisson process). */
export interface Hazard {
  /** Names its stream of chance: where two designs have the same hazard, it strikes both at the same moments. */
  readonly key: string;
  /** What people call it; hazards of one cause are counted together. */
  readonly cause: string;
  readonly perYear: number;
  /** The share of its strikes that are left out, as if it had that much less of them. @default 0 */
  readonly spared?: number;
  readonly harm: Harm;
}

/** One region of a model. */
export interface RegionModel {
  readonly name: string;
  readonly zones: readonly string[];
  /** Keys of the parts that stand in zones. */
  readonly zonal: readonly string[];
}

/** A journey, and what must work for it. */
export interface JourneyModel {
  readonly id: string;
  /** Keys of the parts, for each region in their order. */
  readonly needs: readonly ReadonlySet<string>[];
  /** It waits for a region that takes writes to databases. */
  readonly needsWriter: boolean;
}

/** A system as the simulation sees it: parts by key, what happens to them, and what customers need of them. */
export interface SystemModel {
  readonly regions: readonly RegionModel[];
  readonly parts: ReadonlyMap<string, PartPlan>;
  /** The component that a part belongs to. */
  readonly componentOf: ReadonlyMap<string, string>;
  readonly journeys: readonly JourneyModel[];
  readonly hazards: readonly Hazard[];
  /** Keys of the parts that must be looked at once something happens to another, by the key of that. @default none */
  readonly followers?: ReadonlyMap<string, readonly string[]>;
  /** How the control plane notices that a zone is gone. */
  readonly zoneWatch: ProbeSpec;
  /** Null where no other region takes over. */
  readonly takeover: TakeoverPlan | null;
}
