/**
 * HTTP load over raw sockets, without pipelining: `node bench/balancer-load.ts HOST:PORT CONNECTIONS SECONDS RATE`.
 * RATE 0 is closed-loop: each connection asks again as soon as it has its answer. Otherwise requests are due at that
 * rate, and latency counts from when each was due. Prints one line of JSON.
 */
import { type Socket, createConnection } from "node:net";
import { systemClock } from "../src/base/clock.ts";
import { parseAddress } from "./balancer-address.ts";

const [where = "", connections = 64, seconds = 5, rate = 0] = [
  process.argv[2],
  ...process.argv.slice(3).map(Number),
] as [string, number, number, number];
const address = parseAddress(where);
const REQUEST = Buffer.from(`GET / HTTP/1.1\r\nHost: ${where}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`);

const latencies: number[] = [];
const idle: Socket[] = [];
const due: number[] = [];
const start = systemClock.now();
const end = start + seconds * 1_000;
let failed = 0;

/** Whether an answer is complete: head, and as many bytes as it says. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return head >= 0 && answer.length >= head + 4 + Number(length ?? 0);
}

function open(): void {
  const socket = createConnection({ ...address, noDelay: true });
  let dueAt = 0;
  let answer = "";
  const ask = (at: number): void => {
    dueAt = at;
    answer = "";
    socket.write(REQUEST);
  };
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
    if (!isWhole(answer)) return;
    if (!answer.startsWith("HTTP/1.1 200")) failed += 1;
    const now = systemClock.now();
    latencies.push(now - dueAt);
    if (now >= end) return;
    if (rate === 0) return ask(now);
    const next = due.shift();
    if (next === undefined) idle.push(socket);
    else ask(next);
  });
  socket.on("error", () => (failed += 1));
  socket.on("connect", () => (rate === 0 ? ask(systemClock.now()) : idle.push(socket)));
  asks.set(socket, ask);
}

const asks = new Map<Socket, (at: number) => void>();
for (let index = 0; index < connections; index += 1) open();
for (let sent = 0; systemClock.now() < end; await systemClock.sleep(1)) {
  if (rate === 0) continue;
  for (; sent < ((systemClock.now() - start) * rate) / 1_000; sent += 1) {
    const at = start + (sent * 1_000) / rate;
    const socket = idle.pop();
    if (socket) asks.get(socket)?.(at);
    else due.push(at);
  }
}
for (const socket of asks.keys()) socket.destroy();
latencies.sort((a, b) => a - b);
const percentile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
const result = { perSecond: latencies.length / seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99), failed };
console.log(JSON.stringify(result));
