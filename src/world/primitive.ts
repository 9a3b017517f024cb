import type { Ms } from "../base/units.ts";

/** What a connection between two places is for. A fault may touch one purpose and leave the others. */
export type LinkPurpose = "client" | "replication" | "observe" | "control";

/** One end of a link; what is left out matches everything. A client's end is known by its zone alone. */
export interface Place {
  readonly zone?: string;
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

/** The smallest things that can be done to a world. Every fault of the catalogue is made of these. */
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
  | { readonly kind: "link"; readonly rule: LinkRule }
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
    };
