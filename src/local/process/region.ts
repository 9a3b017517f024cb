import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { type QueueServer, startQueueServer } from "../engine/queue.ts";
import { monitorEventLoop } from "../../base/event-loop.ts";
import { serve } from "./ipc.ts";
import type { RegionProtocol } from "./messages-region.ts";

/**
 * The process of a region's own services, which survive a zone and die with the region: the queue service. Started by
 * the supervisor with an IPC channel; it says nothing and does nothing until it is configured.
 */
const eventLoop = monitorEventLoop(systemClock);
let queues: QueueServer | null = null;

const emit = serve<RegionProtocol>({
  async configure({ dataDirectory, faults, ...config }) {
    queues = await startQueueServer({
      ...config,
      dataDirectory: join(dataDirectory, "queues"),
      clock: systemClock,
      onDeadLetter: (queue, message) => emit("deadLettered", { queue, message }),
    });
    queues.setFaults(faults);
  },
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    depths: () => queues?.depths() ?? [],
    faults: (faults) => (running().setFaults(faults), null),
    poison: ({ queue, body }) => (running().poison(queue, body), null),
    strand: ({ queue, messages }) => (running().strand(queue, messages), null),
    redrive: ({ queue }) => running().redrive(queue),
  },
  messages: {},
});

function running(): QueueServer {
  if (!queues) throw new Error("the queue service is not configured yet");
  return queues;
}
