import { join } from "node:path";
import { type QueueServer, startQueueServer } from "../engine/queue.ts";
import { monitorEventLoop } from "./event-loop.ts";
import { serve } from "./ipc.ts";
import type { RegionProtocol } from "./messages-region.ts";

/**
 * The process of a region's own services, which survive a zone and die with the region: the queue service. Started by
 * the
 * supervisor with an IPC channel; it says nothing and does nothing until it is configured.
 */
const eventLoop = monitorEventLoop();
let queues: QueueServer | null = null;

serve<RegionProtocol>({
  async configure({ dataDirectory, ...config }) {
    queues = await startQueueServer({ ...config, dataDirectory: join(dataDirectory, "queues") });
  },
  requests: {
    eventLoop: () => eventLoop.takeMaxMs(),
    depths: () => queues?.depths() ?? [],
  },
  messages: {},
});
