import { defineSystem } from "holdfast";
import shop from "./holdfast.config.ts";

/**
 * The shop, but an order is written into the replicated database before it is answered: what waited in the queue of a
 * region that is lost is sent again by the other one. It costs a commit in each answer, and orders while no database
 * can be written. Hold it beside the other one: `holdfast drill region-loss --config outbox.config.ts`.
 */
export default defineSystem({ ...shop, queues: { orders: { ...shop.queues?.["orders"], acrossRegions: "outbox" } } });
