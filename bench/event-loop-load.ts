/**
 * Open-loop load over several balancers: `node bench/event-loop-load.ts RATE SECONDS HOST:PORT…`. Tells its parent
 * how requests ended and how late its event loop was.
 */
import { type Agent, Agent as HttpAgent, request } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../src/base/clock.ts";
import { parseAddress } from "./balancer-address.ts";

const RESOLUTION_MS = 10;
const [rate, seconds] = process.argv.slice(2, 4).map(Number) as [number, number];
const balancers = process.argv.slice(4).map(parseAddress);
const agent: Agent = new HttpAgent({ keepAlive: true, maxSockets: 256 });
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const latencies: number[] = [];
const ended: Record<string, number> = {};

function send(number: number, dueAt: number): void {
  const address = balancers[number % balancers.length];
  const end = (how: string): void => {
    ended[how] = (ended[how] ?? 0) + 1;
    latencies.push(systemClock.now() - dueAt);
  };
  const outgoing = request({ ...address, agent, path: "/", timeout: 1_000 }, (response) => {
    response.resume();
    response.once("end", () => end(String(response.statusCode)));
  });
  outgoing.on("timeout", () => outgoing.destroy());
  outgoing.on("error", () => end("error"));
  outgoing.end();
}

const start = systemClock.now();
delays.enable();
let sent = 0;
for (;;) {
  const now = systemClock.now();
  if (now - start >= seconds * 1_000) break;
  for (; sent < ((now - start) * rate) / 1_000; sent += 1) send(sent, start + (sent * 1_000) / rate);
  await systemClock.sleep(2);
}
delays.disable();
await systemClock.sleep(1_200);
latencies.sort((a, b) => a - b);
const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
process.send?.({
  kind: "done",
  ended,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  delayP99Ms: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION_MS),
  delayMaxMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS),
});
agent.destroy();
