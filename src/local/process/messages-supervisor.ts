import type { Message } from "../../base/host.ts";
import type { Topology } from "../../topology/topology.ts";
import type { PaceName } from "../../topology/timing.ts";
import type { Protocol } from "./ipc.ts";

/** All that a supervisor is started with. */
export interface SupervisorConfig {
  readonly topology: Topology;
  /** Path of the definition, for `status` and messages. */
  readonly config: string;
  readonly stateDirectory: string;
  readonly pace: PaceName;
  /** Goes on when the command that started it has gone. */
  readonly detach: boolean;
  /** Null: no backups are taken. `key`: what they are encrypted with, in hexadecimal. */
  readonly backups: { readonly key: string | null } | null;
}

/** What the command line and the supervisor that it started say to each other. */
export interface SupervisorProtocol extends Protocol {
  readonly config: SupervisorConfig;
  readonly requests: {
    /** Drains and stops everything; the process then exits. */
    readonly stop: { readonly body: null; readonly answer: null };
  };
  readonly messages: Readonly<Record<never, never>>;
  readonly events: {
    readonly say: Message;
    /** A problem that the user can mend, told before `failed`. */
    readonly problem: { readonly code: string; readonly message: string; readonly fix: string };
  };
}
