/**
 * A system that nobody wrote a definition of, as far as its templates tell: plain data, which whoever reads templates
 * gives to whoever plays them.
 */
import type { TemplateAssumptionsFile } from "../definition/template-assumption.ts";
import { type Assumptions, assumptionsOf } from "./assumption.ts";
import type { ProbeSpec } from "./spec.ts";
import type { Region, Scope } from "./topology.ts";

/** How a component works. Zones are names; those that a template leaves open have been assumed. */
export type Working =
  /** Nodes of a balancer, one a zone. */
  | { readonly kind: "balancer"; readonly zones: readonly string[] }
  /** Alike, spread over zones, and replaced where one is lost. `probe`: how a balancer looks after them; null: none. */
  | {
      readonly kind: "tasks";
      /** What starts where one is lost. */
      readonly on: "containers" | "machines";
      readonly zones: readonly string[];
      readonly count: number;
      /** How many they may become. */
      readonly most: number;
      readonly probe: ProbeSpec | null;
      /** Operations a second that one bears; null where nobody says. */
      readonly bears: number | null;
    }
  /** One takes the writes, and another one takes over from it. */
  | {
      readonly kind: "members";
      readonly engine: "aurora" | "rds" | "cache";
      /** The zone of each. */
      readonly zones: readonly string[];
      /** Programs ask a proxy, which follows at once. */
      readonly isProxied: boolean;
    }
  /** One of these is enough, and nobody takes over for them. `mends`: what AWS has to make anew. */
  | { readonly kind: "nodes"; readonly zones: readonly string[]; readonly mends: "instance" | "member" }
  /** AWS runs it for a whole region, in no zone, or in these as long as one of them is there. */
  | { readonly kind: "whole"; readonly zones: readonly string[] }
  /** What programs that stand in `zones` call out by; from those in `through` by way of the zone `by`. */
  | {
      readonly kind: "way-out";
      readonly zones: readonly string[];
      readonly through: readonly string[];
      readonly by: string;
    };

/** Something of a template that can fail, or that a request passes. */
export interface TemplateComponent {
  /** Unique among them. */
  readonly id: string;
  /** Its name in the template; several parts may have one. */
  readonly name: string;
  /** What people call it: `database`, `queue`, `search domain`. */
  readonly kind: string;
  readonly scope: Scope;
  readonly works: Working;
}

/** What a customer's request needs before it is answered. */
export interface TemplateJourney {
  readonly id: string;
  /** Ids of components. */
  readonly needs: readonly string[];
}

/** See the file. */
export interface TemplateSystem {
  readonly region: Region;
  readonly components: readonly TemplateComponent[];
  /** Who waits for whom, by the ids of components. */
  readonly waits: readonly { readonly from: string; readonly to: string }[];
  readonly journeys: readonly TemplateJourney[];
  /** What templates do not say, and was taken for granted: a sentence each, with how to say it. */
  readonly assumes: readonly string[];
}

/** How what templates leave open is taken: as it likely is, or as bad as it may be. */
export type TemplateView = "likely" | "worst";

/** What somebody says of what templates do not; what is left out is assumed. Names are those of the template. */
export interface TemplateAssumptions {
  /** Which region is played, where templates are of several. */
  readonly region: string | null;
  /** Where customers come in. */
  readonly entries: readonly string[];
  /** The zones that the instances of a resource stand in, one after the other. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly tasks: Readonly<Record<string, { readonly count: number | null; readonly bears: number | null }>>;
  /** What a program waits for, beside what the template tells. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  /** Operations a second at the busiest time. */
  readonly peak: number | null;
  readonly failures: Assumptions["failures"];
  readonly load: Assumptions["load"];
}

/** What a file of assumptions says. */
export function templateAssumptions({ failures, load, ...said }: TemplateAssumptionsFile): TemplateAssumptions {
  return { ...said, ...assumptionsOf({ assumptions: { failures, load } }) };
}
