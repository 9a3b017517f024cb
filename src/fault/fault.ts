import type { Ms } from "../base/units.ts";
import type { Instance, Topology } from "../topology/topology.ts";
import type { Primitive } from "../world/primitive.ts";

/**
 * The objective that a fault is held against: losing an instance, a zone or a region each has its own RTO and RPO.
 * `data`: what is stored is destroyed and nothing that stores it is lost; a definition promises nothing of that.
 */
export type BlastClass = "instance" | "zone" | "region" | "data";

/** What a fault touches. */
export type FaultScope = "instance" | "link" | "zone" | "region";

/** Requests that customers or strangers make besides the journeys, while a fault is in force. */
export type Crowd =
  /** Customers arrive this many times as often. */
  | { readonly kind: "spike"; readonly factor: number }
  /** One address asks for the same page again and again. */
  | { readonly kind: "flood"; readonly path: string; readonly requestsPerSecond: number }
  /** These requests in turn, each from another address. */
  | { readonly kind: "requests"; readonly requests: readonly CrowdRequest[]; readonly requestsPerSecond: number };

/** A request of a {@link Crowd}, and what must become of it. */
export interface CrowdRequest {
  /** What it is, for the report: "a union in the query". */
  readonly label: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** `blocked`: the firewall answers 403; `served`: it lets it through, whatever the program makes of it. */
  readonly expect: "blocked" | "served";
}

/** Something that the journal of a drill must show, or must not, beside what the objectives ask. */
export type Claim =
  /** A decision of this name was made after the fault, by this component (null: by any). The drill waits for it. */
  | {
      readonly kind: "decided";
      readonly what: string;
      readonly component: string | null;
      /** How often at least. @default 1 */
      readonly times?: number;
      /** `heal`: it comes once the fault is undone, so the drill does not wait for it before. @default "fault" */
      readonly after?: "fault" | "heal";
    }
  /** Such a decision was not made. */
  | {
      readonly kind: "undecided";
      readonly what: string;
      readonly component: string | null;
      /** How often it may have been made all the same. @default 0 */
      readonly atMost?: number;
      /**
       * `fault`: not before the heal; `second-blow`: not from the moment when that had struck until the heal.
       * @default "drill"
       */
      readonly during?: "drill" | "fault" | "second-blow";
    }
  /** No operation failed or is unknown, but of journeys that may need what is unavailable. */
  | { readonly kind: "unharmed" }
  /**
   * Each journey that the first blow did not harm, which so does without what is away, is served under the second: at
   * least this share of its operations, from 0 to 1.
   */
  | { readonly kind: "served"; readonly atLeast: number }
  /** The copy in another region was at least this far behind at some time. */
  | { readonly kind: "behind"; readonly ms: Ms }
  /** No acknowledged write is lost. */
  | { readonly kind: "lossless" }
  /** Every acknowledged write that is lost is younger, when the region is lost, than its copy was behind. */
  | { readonly kind: "within-lag" }
  /** Every acknowledged write that is lost is in the files that were written for people to reconcile. */
  | { readonly kind: "saved" }
  /** Every acknowledged write that is lost was acknowledged between the fault and the restore that undid it. */
  | { readonly kind: "rewound" }
  /** The crowd's requests fared as expected; a flood was blocked once it had been noticed, and customers never were. */
  | { readonly kind: "crowd-handled" };

/** How a drill of this fault is judged, beside the objectives. It travels in the journal as JSON. */
export interface Expectation {
  /**
   * Components that nobody can make work until the fault is undone: what a journey that needs one of them is refused
   * counts as failed, and its recovery is held to the objective from the heal on.
   */
  readonly unavailable: readonly string[];
  /** Each with what it proves, in a few words: "the deployment is rolled back". */
  readonly claims: readonly { readonly claim: Claim; readonly proves: string }[];
  /**
   * Where the fault must have left a trace, or nobody knows whether it struck: in what the world saw and decided; there
   * or in what customers saw (an attempt that failed or was slow); nowhere, where claims alone tell.
   */
  readonly trace: "world" | "customers" | "none";
  /**
   * Undoing the fault is a restore that a person commands: part of the recovery, and what was acknowledged between the
   * fault and its end is given up. @default false
   */
  readonly rewinds?: boolean;
}

/** A second blow. */
export interface SecondBlow {
  /**
   * `detected`: as soon as a failover has begun; `observed`: once the system was watched under the first; `prepared`:
   * so too, and the first one only prepares it: this is the blow that recovery and loss are counted from.
   */
  readonly when: "detected" | "observed" | "prepared";
  /** A decision that must have been made under the first one, where somebody watches for that. @default none */
  readonly after?: string;
  primitives(topology: Topology, subject: string): readonly Primitive[];
}

/** A fault that comes and goes, once the system has coped with its first coming. */
export interface Flaps {
  /** How often it goes and comes again. */
  readonly times: number;
  /** How long it is gone, and how long it then lasts, each time. */
  readonly goneMs: Ms;
  readonly backMs: Ms;
}

/** One way to break a system, made of the world's primitives. Pure data and functions over the topology. */
export interface Fault {
  /** As it is named on the command line. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly scope: FaultScope;
  readonly blastClass: BlastClass;
  /** What happens in life that looks like this. */
  readonly standsFor: string;
  /** What such an event also does, and this does not. */
  readonly notModelled: readonly string[];
  /** AWS FIS's action or scenario that comes closest; null where there is none. */
  readonly fisAction: string | null;
  /**
   * What it can be aimed at, the most telling first: an instance, a zone, or a role that is looked up when it strikes,
   * such as `primary of database`, `zone of the primary of database` and `active region`. Empty where the system has
   * nothing for it.
   */
  targets(topology: Topology): readonly string[];
  /**
   * What to do to the world; `subject` is a component, an instance, a zone or a region, never a role. `running`: the
   * instances that there are when it strikes; left out where it is not known yet, for then only the kinds of primitive
   * count.
   */
  primitives(topology: Topology, subject: string, running?: readonly Instance[]): readonly Primitive[];
  readonly then?: SecondBlow;
  readonly flaps?: Flaps;
  readonly crowd?: Crowd;
  /** Customers of its drill arrive at this share of the rate that was asked for. @default 1 */
  readonly rateShare?: number;
  /** @default nothing is unavailable, nothing is claimed, and the world shows a trace */
  expects?(topology: Topology, subject: string): Expectation;
}

/** What is expected of a fault that says nothing of it. */
export const AS_EVER: Expectation = { unavailable: [], claims: [], trace: "world" };
