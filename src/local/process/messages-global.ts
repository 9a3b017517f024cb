import type { Ms } from "../../base/units.ts";
import type { EdgeSettings } from "../../topology/kind/edge.ts";
import type { Address } from "../address.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { EdgeDecision } from "../edge/edge.ts";
import type { Protocol } from "./ipc.ts";
import type { FixedLink } from "./messages-zone.ts";

/**
 * All that the process of what stands outside of every region is started with: the DNS and the edge. Times at AWS's
 * scale.
 */
export interface GlobalConfig {
  readonly system: string;
  readonly paceFactor: number;
  readonly dns: {
    readonly listen: Address;
    /** TTL of all records. */
    readonly ttlMs: Ms;
    /** How often the balancer nodes are checked, and how many failures in a row count. */
    readonly healthCheck: { readonly intervalMs: Ms; readonly threshold: number };
  };
  /**
   * Its links to the balancer nodes of every zone, opened by a `LinkTable` whose zone is "outside": the edge and the
   * DNS health checks
   * dial these, never a node itself, so that a zone without power hangs instead of refusing.
   */
  readonly links: readonly FixedLink[];
  /** Null where the system has none. */
  readonly edge: { readonly listen: Address; readonly settings: EdgeSettings } | null;
}

/** One zone's node of a service's balancer, as dialled from outside all zones. */
export interface BalancerNode {
  readonly zone: string;
  readonly host: string;
}

/** What the supervisor and the global process say to each other. */
export interface GlobalProtocol extends Protocol {
  readonly config: GlobalConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    /** All rules in force over its links; those that are gone are healed. Answered once they have taken effect. */
    readonly rules: { readonly body: readonly LinkRule[]; readonly answer: null };
    /** Whether the bucket of the static site can be reached. Answered once it has taken effect. */
    readonly site: { readonly body: { readonly down: boolean }; readonly answer: null };
  };
  readonly messages: {
    /**
     * The nodes of one service's balancer, all on `port`. They get the name `<service>.<system>.internal`, and are
     * health-checked.
     */
    readonly balancers: {
      readonly service: string;
      readonly port: number;
      /** Of the health checks: a GET of it that is answered with 2xx or 3xx. */
      readonly path: string;
      readonly nodes: readonly BalancerNode[];
    };
    /**
     * Zonal shift: the zones whose nodes the DNS leaves out of a service's answer from now on, in place of those told
     * before.
     */
    readonly shift: { readonly service: string; readonly away: readonly string[] };
  };
  readonly events: {
    /** The DNS health checks of a balancer node crossed their threshold. */
    readonly health: { readonly service: string; readonly zone: string; readonly healthy: boolean };
    readonly decision: EdgeDecision;
  };
}
