import type { Ms } from "../../base/units.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import type { Address } from "../address.ts";
import type { QueueDepths } from "../engine/queue.ts";
import type { QueueFault } from "../engine/queue-calls.ts";
import type { Protocol } from "./ipc.ts";

/**
 * All that the process of a region's own services is started with: what AWS runs beside the zones, and what dies with
 * the region.
 */
export interface RegionConfig {
  readonly region: string;
  /** Where its queue service listens; a task reaches it through a link of its own zone. */
  readonly listen: Address;
  /** Folder of its stores, absolute. */
  readonly dataDirectory: string;
  /** Its queues; times at AWS's scale. */
  readonly queues: readonly { readonly id: string; readonly settings: QueueSettings }[];
  readonly paceFactor: number;
  /** Those in force from the start. */
  readonly faults: readonly QueueFault[];
}

/** What the supervisor and a region process say to each other. */
export interface RegionProtocol extends Protocol {
  readonly config: RegionConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    readonly depths: { readonly body: null; readonly answer: readonly QueueDepths[] };
    /** Puts exactly these faults in force. */
    readonly faults: { readonly body: readonly QueueFault[]; readonly answer: null };
    /** Puts a message into a queue as it is. */
    readonly poison: { readonly body: { readonly queue: string; readonly body: string }; readonly answer: null };
    /** A consumer that always fails takes the next messages of a queue; it ends with this process, or at a redrive. */
    readonly strand: { readonly body: { readonly queue: string; readonly messages: number }; readonly answer: null };
    /** Moves the dead letters of a queue back to it; answers how many. */
    readonly redrive: { readonly body: { readonly queue: string }; readonly answer: number };
  };
  readonly messages: Readonly<Record<never, never>>;
  readonly events: {
    /** A message of a queue has used up its receives and is in its dead-letter queue now. */
    readonly deadLettered: { readonly queue: string; readonly message: string };
  };
}
