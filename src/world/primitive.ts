import type { Ms } from "../base/units.ts";
import type { RecoveryCommand } from "./recovery.ts";

/** What a connection between two places is for. A fault may touch one purpose and leave the others. */
export type LinkPurpose = "client" | "replication" | "observe" | "control";

/** The place that is in no region, where customers, the edge and the DNS are. */
export const OUTSIDE = "outside";

/** What rules call the queue service of a region. */
export const QUEUE_SERVICE = "sqs";

/** One end of a link; what is left out matches everything. A client's end is known by its zone alone. */
export interface Place {
  /** A zone; a region's own name for what stands beside its zones; {@link OUTSIDE}. */
  readonly zone?: string;
  /** All zones of a region, and what stands beside them. */
  readonly region?: string;
  readonly component?: string;
  readonly instance?: string;
}

/** What happens to the bytes that travel one way over a link. */
export type LinkEffect =
  /** Connections are reset, new ones refused. */
  | { readonly kind: "cut" }
  /** Bytes vanish, those in flight too; connections hang; what was opened or starved is reset when it heals. */
  | { readonly kind: "black-hole" }
  /** Each byte arrives this much later. */
  | { readonly kind: "slow"; readonly delayMs: Ms }
  | { readonly kind: "throttle"; readonly bytesPerSecond: number };

/** A rule over the traffic *from* one place *to* another: one direction. Both directions are two rules. */
export interface LinkRule {
  readonly from: Place;
  readonly to: Place;
  /** Left out: every purpose. */
  readonly purposes?: readonly LinkPurpose[];
  readonly effect: LinkEffect;
}

/** What a regional service does to the calls that it is sent. */
export type ServiceEffect =
  /** Every call is answered with 503. */
  | { readonly kind: "unavailable" }
  /** So many calls a second are served; the rest is told to slow down, in the service's own words. */
  | { readonly kind: "throttle"; readonly callsPerSecond: number }
  /** Every call is served this much later. */
  | { readonly kind: "slow"; readonly delayMs: Ms };

/**
 * The smallest things that can be done to a world. Every fault of the catalogue is made of these. Healing undoes each,
 * but for those of {@link OVER_AT_ONCE}. Times and rates are those of the run, whatever its pace.
 */
export type Primitive =
  /**
   * SIGKILL of an instance's process tree. The kernel still delivers what it holds: this is a crash, not a power loss.
   */
  | { readonly kind: "kill"; readonly instance: string }
  /** SIGSTOP of an instance's process tree until healed. */
  | { readonly kind: "pause"; readonly instance: string }
  /**
   * A zone loses power: its links drop, in-flight bytes included, then all that it holds is killed; its disks are
   * unreadable until healed.
   */
  | { readonly kind: "power-off"; readonly zone: string }
  /** All zones of a region lose power at once, and what stands beside them, until healed. */
  | { readonly kind: "region-power-off"; readonly region: string }
  | { readonly kind: "link"; readonly rule: LinkRule }
  /** A person commands the recovery of regions. Healing commands nothing: another switchover leads back. */
  | { readonly kind: "recover"; readonly command: RecoveryCommand }
  /**
   * The next `operation` that a task in `zone` sends to the regional service `component` vanishes, and `instance` is
   * killed in the same moment.
   */
  | {
      readonly kind: "kill-at-call";
      readonly instance: string;
      readonly zone: string;
      readonly component: string;
      readonly operation: string;
    }
  /** Calls that concern a queue fail in the queue service itself: of a region, or of the one that serves. */
  | {
      readonly kind: "service-fault";
      readonly queue: string;
      readonly region?: string;
      readonly effect: ServiceEffect;
    }
  /** A message that no consumer can make sense of. */
  | { readonly kind: "poison"; readonly queue: string; readonly body: string }
  /**
   * A consumer that always fails takes this many of the next messages, again and again, until the queue has moved them
   * to its dead-letter queue. Healing redrives that queue.
   */
  | { readonly kind: "strand"; readonly queue: string; readonly messages: number }
  /** Another program is deployed as the service's next revision. Healing deploys the definition's own. */
  | { readonly kind: "deploy"; readonly service: string; readonly run: string }
  /** The balancer checks the health of a service's tasks by another path. */
  | { readonly kind: "health-check"; readonly service: string; readonly path: string }
  /**
   * Target tracking takes the load of this moment as `share` of what the service's minimum of tasks carries (1: as much
   * as it carries): a machine at home sees a fraction of the load that the definition's own target is meant for.
   */
  | { readonly kind: "size-to-load"; readonly service: string; readonly share: number }
  /** Zonal shift: customers are sent to the other zones. */
  | { readonly kind: "shift-away"; readonly zone: string }
  /**
   * The bucket of the static site cannot be reached by the edge, and what the edge keeps of it is stale at once, as
   * though it had happened hours ago.
   */
  | { readonly kind: "site-down" }
  /** The edge location near a region is lost. */
  | { readonly kind: "edge-down"; readonly region: string }
  /** The DNS answers nobody who asks near a region. */
  | { readonly kind: "dns-down"; readonly region: string }
  /** No byte more can be written to the disk of a database instance. */
  | { readonly kind: "fill-disk"; readonly instance: string }
  /** All clocks in a zone are wrong by this much; what runs there is started anew with them. */
  | { readonly kind: "skew-clock"; readonly zone: string; readonly byMs: Ms }
  /** The writer's endpoint goes on leading to the instance that it leads to now, whoever is the primary. */
  | { readonly kind: "hold-endpoint"; readonly component: string }
  /**
   * Somebody's mistaken statement deletes every row of a database, on its primary and so on each of its copies. Healing
   * puts every database back to the moment before it, as `restore` does.
   */
  | { readonly kind: "delete-rows"; readonly component: string }
  /**
   * A backup of a database begins, and is under way when this has taken effect. Healing takes the next one, and proves
   * that what is kept can be restored.
   */
  | { readonly kind: "back-up"; readonly component: string };

/** The name of a primitive. */
export type PrimitiveKind = Primitive["kind"];

/** Done in the moment that they are made: there is nothing to undo, what was lost comes back by itself. */
export const OVER_AT_ONCE: readonly PrimitiveKind[] = ["kill", "kill-at-call", "poison", "recover"];

/** Can be done only where backups are kept. */
export const OF_BACKUPS: readonly PrimitiveKind[] = ["delete-rows", "back-up"];
