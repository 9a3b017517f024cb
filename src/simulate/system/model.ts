import type { ProbeSpec } from "../../topology/spec.ts";
import type { FrontPlan } from "./part/front.ts";
import type { PlainPlan } from "./part/plain.ts";
import type { TakeoverPlan } from "./part/regions.ts";
import type { ReplicaPlan } from "./part/replica.ts";
import type { TasksPlan } from "./part/tasks.ts";
import type { Spread } from "./spread.ts";

/** How a part of the system behaves. */
export type PartPlan = PlainPlan | ReplicaPlan | TasksPlan | FrontPlan;

/** What a hazard does. */
export type Harm =
  | { readonly kind: "crash"; readonly part: string; readonly instance: string }
  | { readonly kind: "hang"; readonly part: string; readonly instance: string; readonly lastsMs: Spread }
  /** These fail whoever asks, at once. `region`: where they stand, if another region would not have it. */
  | { readonly kind: "fail"; readonly parts: readonly string[]; readonly lastsMs: Spread; readonly region?: string }
  /** Requests of these take so many times as long. */
  | { readonly kind: "slow"; readonly parts: readonly string[]; readonly factor: number; readonly lastsMs: Spread }
  | { readonly kind: "zone"; readonly zone: string; readonly lastsMs: Spread }
  | { readonly kind: "region"; readonly region: string; readonly lastsMs: Spread };

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
  /** How the control plane notices that a zone is gone. */
  readonly zoneWatch: ProbeSpec;
  /** Null where no other region takes over. */
  readonly takeover: TakeoverPlan | null;
}
