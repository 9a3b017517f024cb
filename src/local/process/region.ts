import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { type QueueServer, startQueueServer } from "../engine/queue.ts";
import { LinkTable } from "../link/link-table.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { type Vantage, startVantage } from "../vantage/vantage.ts";
import { serve } from "./ipc.ts";
import type { RegionProtocol } from "./messages-region.ts";
import { observe, raisePriority } from "./observe.ts";

/**
 * The process of a region's own services, which survive a zone and die with the region: the queue service, and where
 * there are several regions the vantage point from which the others are watched; where the zones' observers could be
 * divided evenly, one more. Started by the supervisor with an IPC channel; it says nothing and does nothing until it is
 * configured.
 */
const clock = systemClock;
const eventLoop = monitorEventLoop(clock);
let queues: QueueServer | null = null;
let links = new LinkTable({ zone: "", clock });
let vantage: Vantage | null = null;

const emit = serve<RegionProtocol>({
  async configure({ dataDirectory, faults, toStrand, observing, vantage: watching, ...config }) {
    if (observing) raisePriority();
    links = new LinkTable({ zone: config.region, clock, checkDelay: 1 / config.paceFactor });
    const onSight = (region: string, ok: boolean): void => emit("sight", { region, ok });
    if (watching) vantage = await startVantage(watching, { clock, links, onSight });
    await Promise.all((observing?.links ?? []).map((link) => links.open(link)));
    queues = await startQueueServer({
      ...config,
      dataDirectory: join(dataDirectory, "queues"),
      clock,
      onDeadLetter: (queue, message) => emit("deadLettered", { queue, message }),
      onStranded: (queue) => emit("stranded", { queue }),
    });
    queues.setFaults(faults);
    for (const { queue, messages } of toStrand) queues.strand(queue, messages);
    observe(observing?.observers ?? [], clock, (sight) => emit("observed", sight));
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
