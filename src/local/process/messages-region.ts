import type { Ms } from "../../base/units.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import type { QueueDepths, QueuedMessage } from "../engine/queue.ts";
import type { QueueFault } from "../engine/queue-calls.ts";
import type { WitnessAnswer, WitnessCommand } from "../lease/witness.ts";
import type { VantageConfig } from "../vantage/vantage.ts";
import type { ObservingConfig } from "./messages-zone.ts";
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
  /** How many messages of which queues are still to be stranded. */
  readonly toStrand: readonly ToStrand[];
  /** From where its zones and members are watched, too; null where the zones' own observers are enough. */
  readonly observing: ObservingConfig | null;
  /** From where regions are watched and a lease is witnessed, where there is more than one region. */
  readonly vantage: VantageConfig | null;
}

/** The next messages of a queue are to end in its dead-letter queue, whoever else receives from it. */
export interface ToStrand {
  readonly queue: string;
  readonly messages: number;
}

/** What the supervisor and a region process say to each other. */
export interface RegionProtocol extends Protocol {
  readonly config: RegionConfig;
  readonly requests: {
    /** The largest event-loop delay since the last call. */
    readonly eventLoop: { readonly body: null; readonly answer: Ms };
    /** All rules in force over its own links; those that are gone are healed. Answered once they have taken effect. */
    readonly rules: { readonly body: readonly LinkRule[]; readonly answer: null };
    /** Refused where it has no vantage point. */
    readonly witness: { readonly body: WitnessCommand; readonly answer: WitnessAnswer };
    readonly depths: { readonly body: null; readonly answer: readonly QueueDepths[] };
    /** Puts exactly these faults in force. */
    readonly faults: { readonly body: readonly QueueFault[]; readonly answer: null };
    /** Puts a message into a queue as it is. */
    readonly poison: { readonly body: { readonly queue: string; readonly body: string }; readonly answer: null };
    /** A consumer that always fails takes the next messages of a queue; it ends with this process, or at a redrive. */
    readonly strand: { readonly body: ToStrand; readonly answer: null };
    /** Moves the dead letters of a queue back to it; answers how many. */
    readonly redrive: { readonly body: { readonly queue: string }; readonly answer: number };
    /** All messages of a queue that nobody has worked off; they stay where they are. */
    readonly list: { readonly body: { readonly queue: string }; readonly answer: readonly QueuedMessage[] };
    /** Sends messages as a producer would. */
    readonly put: {
      readonly body: { readonly queue: string; readonly bodies: readonly string[] };
      readonly answer: null;
    };
    readonly remove: {
      readonly body: { readonly queue: string; readonly ids: readonly string[] };
      readonly answer: null;
    };
  };
  readonly messages: Readonly<Record<never, never>>;
  readonly events: {
    /** A message of a queue has used up its receives and is in its dead-letter queue now. */
    readonly deadLettered: { readonly queue: string; readonly message: string };
    /** One of the messages that are to be stranded is. */
    readonly stranded: { readonly queue: string };
    /** What its observer sees of a member, or of a zone; see `sight` of a zone. */
    readonly observed: { readonly instance: string; readonly component: string; readonly ok: boolean };
    /** What its vantage point sees of a region; on every change, and again every second. */
    readonly sight: { readonly region: string; readonly ok: boolean };
  };
}
