import type { Ms } from "../../base/units.ts";
import type { QueueSettings } from "../../topology/topology.ts";
import type { Address } from "../address.ts";
import type { QueueDepths } from "../engine/queue.ts";
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
}

/** What the supervisor and a region process say to each other. */
export interface RegionProtocol extends Protocol {
  readonly config: RegionConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    readonly depths: { readonly body: null; readonly answer: readonly QueueDepths[] };
  };
  readonly messages: Readonly<Record<never, never>>;
  readonly events: Readonly<Record<never, never>>;
}
