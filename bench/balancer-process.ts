/**
 * A process with one balancer node, as a zone's process has it: `node bench/balancer-process.ts HOST:PORT
 * TARGET:PORT…`. Tells its parent, where it has one, what its health checks find and, when asked, how late its event
 * loop was.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../src/base/clock.ts";
import { seededRandom } from "../src/base/random.ts";
import { Balancer } from "../src/local/balancer/balancer.ts";
import { LinkTable } from "../src/local/link/link-table.ts";
import { parseAddress } from "./balancer-address.ts";

const [listen, ...targets] = process.argv.slice(2).map(parseAddress);
if (!listen) throw new Error("say where to listen");

const balancer = new Balancer({
  config: {
    service: "bench",
    listen,
    protocol: "http",
    health: { path: "/healthz", intervalMs: 500, timeoutMs: 250, healthyThreshold: 2, unhealthyThreshold: 2 },
  },
  links: new LinkTable({ zone: "a", clock: systemClock }),
  clock: systemClock,
  random: seededRandom(1),
  idleTimeoutMs: 6_000,
  connectTimeoutMs: 1_000,
  slowStartMs: 0,
  onHealth: (target, healthy) => process.send?.({ kind: "health", target, healthy }),
});
await balancer.listen();
balancer.setTargets(targets.map((address, index) => ({ id: `t${index}`, zone: "a", address, draining: false })));
process.send?.({ kind: "ready" });

const RESOLUTION_MS = 10;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();
process.on("disconnect", () => process.exit(0));
process.on("message", () => {
  const late = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  process.send?.({ kind: "delays", p99Ms: late(delays.percentile(99)), maxMs: late(delays.max) });
  delays.reset();
});
