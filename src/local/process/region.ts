import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { type QueueServer, startQueueServer } from "../engine/queue.ts";
import { LinkTable } from "../link/link-table.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { type Vantage, startVantage } from "../vantage/vantage.ts";
import { serve } from "./ipc.ts";
import type { RegionProtocol } from "./messages-region.ts";

/**
 * The process of a region's own services, which survive a zone and die with the region: the queue service, and where
 * there are several regions the vantage point from which the others are watched. Started by the supervisor with an IPC
 * channel; it says nothing and does nothing until it is configured.
 */
const clock = systemClock;
const eventLoop = monitorEventLoop(clock);
let queues: QueueServer | null = null;
let links = new LinkTable({ zone: "", clock });
let vantage: Vantage | null = null;

const emit = serve<RegionProtocol>({
  async configure({ dataDirectory, faults, vantage: watching, ...config }) {
    links = new LinkTable({ zone: config.region, clock, checkDelay: 1 / config.paceFactor });
    const onSight = (region: string, ok: boolean): void => emit("sight", { region, ok });
    if (watching) vantage = await startVantage(watching, { clock, links, onSight });
    queues = await startQueueServer({
      ...config,
      dataDirectory: join(dataDirectory, "queues"),
      clock,
      onDeadLetter: (queue, message) => emit("deadLettered", { queue, message }),
    });
    queues.setFaults(faults);
  },
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    rules: async (rules) => {
      await links.setRules(rules);
      return null;
    },
    witness(command) {
      if (!vantage) throw new Error("there is one region, and no witness of its lease");
      return vantage.witness(command);
    },
    depths: () => queues?.depths() ?? [],
    faults: (faults) => (running().setFaults(faults), null),
    poison: ({ queue, body }) => (running().poison(queue, body), null),
    strand: ({ queue, messages }) => (running().strand(queue, messages), null),
    redrive: ({ queue }) => running().redrive(queue),
    list: ({ queue }) => running().list(queue),
    put: ({ queue, bodies }) => (running().put(queue, bodies), null),
    remove: ({ queue, ids }) => (running().remove(queue, ids), null),
  },
  messages: {},
});

function running(): QueueServer {
  if (!queues) throw new Error("the queue service is not configured yet");
  return queues;
}
