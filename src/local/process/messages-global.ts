import type { Ms } from "../../base/units.ts";
import type { EdgeSettings } from "../../topology/kind/edge.ts";
import type { RecoveryStrategy } from "../../topology/topology.ts";
import type { Address } from "../address.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { EdgeDecision } from "../edge/edge.ts";
import type { WitnessAnswer, WitnessCommand } from "../lease/witness.ts";
import type { VantageConfig } from "../vantage/vantage.ts";
import type { Protocol } from "./ipc.ts";
import type { FixedLink } from "./messages-zone.ts";

/**
 * All that the process of what stands outside of every region is started with: the DNS, the edge and the accelerators.
 * Times at AWS's scale.
 */
export interface GlobalConfig {
  readonly system: string;
  readonly paceFactor: number;
  /** With two regions or more it says how the DNS picks one. */
  readonly recovery: RecoveryStrategy;
  /** In the definition's order, the primary one first. */
  readonly regions: readonly { readonly name: string; readonly role: "primary" | "secondary" }[];
  /** The regions that customers are kept away from already: switches that were thrown before it was there. */
  readonly away: readonly string[];
  readonly dns: {
    /** TTL of all records. */
    readonly ttlMs: Ms;
    /** How often balancer nodes and edge locations are checked, and how many failures in a row count. */
    readonly healthCheck: { readonly intervalMs: Ms; readonly threshold: number };
  };
  /**
   * Its links to the balancer nodes of every zone, opened by a `LinkTable` whose zone is "outside": the edge, the
   * accelerators and the health checks dial these, never a node itself, so that a zone without power hangs instead of
   * refusing.
   */
  readonly links: readonly FixedLink[];
  /** One near each region, in the order of the regions. */
  readonly locations: readonly Location[];
  /** Null where the system has none. */
  readonly edge: EdgeSettings | null;
  readonly accelerators: readonly AcceleratorConfig[];
  /** From where regions are watched and a lease is witnessed, where there is more than one region. */
  readonly vantage: VantageConfig | null;
}

/** What customers near a region meet first: a client cannot choose where it comes from, so whom it asks tells. */
export interface Location {
  readonly region: string;
  /** The DNS as it is asked from there. */
  readonly dns: Address;
  /** The edge location there; null where the system has no edge. */
  readonly edge: Address | null;
}

/** A way in by addresses that never change. */
export interface AcceleratorConfig {
  readonly id: string;
  readonly service: string;
  /** Its two addresses, as the network leads to them from near each region. */
  readonly entries: readonly { readonly region: string; readonly addresses: readonly Address[] }[];
}

/** One zone's node of a service's balancer, as dialled from outside all zones. */
export interface BalancerNode {
  readonly region: string;
  readonly zone: string;
  readonly host: string;
}

/** The nodes of one service's balancer in all regions, all on `port`. */
export interface BalancerNodes {
  readonly service: string;
  readonly port: number;
  /** Of the health checks: a GET of it that is answered with 2xx or 3xx. */
  readonly path: string;
  readonly nodes: readonly BalancerNode[];
}

/** Customers near some region are led to another one than before. */
export interface TrafficDecision {
  readonly what: "traffic-shifted";
  /** The service whose name is answered anew, or the accelerator. */
  readonly component: string;
  /** The region that they are led to now. */
  readonly subject: string;
  /** Whom it concerns. */
  readonly detail: string;
}

/** What the supervisor and the global process say to each other. */
export interface GlobalProtocol extends Protocol {
  readonly config: GlobalConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    /** All rules in force over its links; those that are gone are healed. Answered once they have taken effect. */
    readonly rules: { readonly body: readonly LinkRule[]; readonly answer: null };
    /** Refused where it has no vantage point. */
    readonly witness: { readonly body: WitnessCommand; readonly answer: WitnessAnswer };
    /**
     * The regions whose bucket of the static site cannot be reached; all others can. Answered once it has taken effect.
     */
    readonly site: { readonly body: { readonly down: readonly string[] }; readonly answer: null };
    /** Loses the edge location near a region, or brings it back. Answered once it has taken effect. */
    readonly edgeDown: { readonly body: { readonly region: string; readonly down: boolean }; readonly answer: null };
    /** The DNS answers nobody who asks near a region, or does again. */
    readonly dnsDown: { readonly body: { readonly region: string; readonly down: boolean }; readonly answer: null };
  };
  readonly messages: {
    /**
     * They get the name `<service>.<system>.internal`, with several regions also one in each,
     * `<service>.<region>.<system>.internal`, and are health-checked.
     */
    readonly balancers: BalancerNodes;
    /**
     * Zonal shift: the zones whose nodes the DNS leaves out of a service's answer from now on, in place of those told
     * before.
     */
    readonly shift: { readonly service: string; readonly away: readonly string[] };
    /**
     * The regions that customers are kept away from, in place of those told before. It takes effect when AWS's alarm
     * would have seen it: over a minute later, at the pace of the run.
     */
    readonly traffic: { readonly away: readonly string[] };
  };
  readonly events: {
    /** What its vantage point sees of a region; on every change, and again every second. */
    readonly sight: { readonly region: string; readonly ok: boolean };
    /** The DNS health checks of a balancer node crossed their threshold. */
    readonly health: { readonly service: string; readonly zone: string; readonly healthy: boolean };
    readonly decision: EdgeDecision | TrafficDecision;
  };
}
