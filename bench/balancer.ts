/**
 * A balancer node beside HAProxy, each on a core of its own in the same run, before the same two targets and the same
 * load: `npm run bench -- balancer [SECONDS]`. The node does everything that it does in a zone: health checks, links'
 * rules, counters.
 *
 * Uses `haproxy` (as the peer, and as the cheapest target) and `wrk` (as the load) where the machine has them; else
 * Node's own, and no ratio. Not measured: large bodies, TLS (neither terminates any), more than two targets.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/base/clock.ts";

const TARGETS = ["127.78.9.1:9001", "127.78.9.1:9002"];
const PEER = "127.78.9.1:9010";
const OURS = "127.78.9.1:9020";
const CONNECTIONS = 64;
/** A moderate rate, at which neither is busy, for the latency that a hop adds. */
const RATE = 1_000;
const REQUIRED = { perSecond: 12_000, ratio: 0.25, addedMs: 1 };

interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Runs the bench and prints its figures; the argument is how many seconds each measurement takes. */
export async function run(args: readonly string[]): Promise<void> {
  const seconds = Number(args[0] ?? 6);
  const directory = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const haproxy = has("haproxy", "-v");
  const targets = haproxy ? peer(directory, "targets", targetsConfig(), 1) : start("balancer-target.ts", TARGETS, 1);
  const node = { name: "balancer node", address: OURS, process: start("balancer-process.ts", [OURS, ...TARGETS], 0) };
  const other = haproxy
    ? { name: "HAProxy", address: PEER, process: peer(directory, "balancer", peerConfig(), 0) }
    : null;
  try {
    await systemClock.sleep(1_500);
    const ours = await throughput(node, seconds);
    report("balancer node, requests/s", ours.perSecond, REQUIRED.perSecond, (value, wanted) => value >= wanted);
    if (other) {
      const theirs = await throughput(other, seconds);
      report("ratio", ours.perSecond / theirs.perSecond, REQUIRED.ratio, (value, wanted) => value >= wanted);
      // What others do on this machine, and a load that is too weak for HAProxy, do not change this one.
      report(
        "ratio for a second of processor time",
        ours.perCpu / theirs.perCpu,
        REQUIRED.ratio,
        (value, wanted) => value >= wanted,
      );
    } else console.log("HAProxy is not here, so there is no ratio: apt-get install -y haproxy wrk");
    const direct = await latency(TARGETS[0] ?? "", seconds, "direct");
    if (haproxy) await latency(PEER, seconds, "HAProxy");
    const through = await latency(OURS, seconds, "balancer node");
    report(
      "added at the median, ms",
      through.p50Ms - direct.p50Ms,
      REQUIRED.addedMs,
      (value, wanted) => value < wanted,
    );
    console.log(`added at p99: ${(through.p99Ms - direct.p99Ms).toFixed(2)} ms`);
  } finally {
    for (const child of [targets, node.process, other?.process]) child?.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  }
}

function report(what: string, value: number, wanted: number, holds: (value: number, wanted: number) => boolean): void {
  const good = holds(value, wanted);
  if (!good) process.exitCode = 1;
  console.log(`${what}: ${value.toFixed(2)} (required: ${wanted}) ${good ? "good" : "NOT REACHED"}`);
}

interface Proxy {
  readonly name: string;
  readonly address: string;
  readonly process: ChildProcess;
}

/** Requests that 64 connections get through, in a second and in a second of the proxy's processor time. */
async function throughput(
  { name, address, process }: Proxy,
  seconds: number,
): Promise<{ perSecond: number; perCpu: number }> {
  const before = cpuSeconds(process);
  const perSecond = has("wrk", "-v") ? await wrk(address, seconds) : (await load(address, seconds, 0)).perSecond;
  const busy = (cpuSeconds(process) - before) / seconds;
  const figures = `${Math.round(perSecond)} requests/s over ${CONNECTIONS} connections`;
  console.log(`${name.padEnd(14)} ${figures}, its core ${Math.round(busy * 100)}% busy`);
  return { perSecond, perCpu: perSecond / busy };
}

/** Processor time of a process until now; not a number where there is no /proc. */
function cpuSeconds({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

async function latency(address: string, seconds: number, name: string): Promise<Load> {
  const result = await load(address, seconds, RATE);
  const { p50Ms, p99Ms, failed } = result;
  console.log(
    `${name.padEnd(14)} p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms at ${RATE}/s (${failed} failed)`,
  );
  return result;
}

async function wrk(address: string, seconds: number): Promise<number> {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}`, `http://${address}/`];
  const text = await outputOf(pinned(["wrk", ...args], 1));
  if (/Non-2xx/.test(text)) throw new Error(`${address} gave errors: ${text}`);
  return Number(/Requests\/sec: *([\d.]+)/.exec(text)?.[1]);
}

async function load(address: string, seconds: number, rate: number): Promise<Load> {
  const args = [address, CONNECTIONS, seconds, rate].map(String);
  return JSON.parse(await outputOf(start("balancer-load.ts", args, 1))) as Load;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk) => (text += String(chunk)));
  await new Promise((resolve) => child.once("close", resolve));
  return text;
}

function start(file: string, args: readonly string[], core: number): ChildProcess {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  return pinned([process.execPath, "--conditions=source", entry, ...args], core);
}

/** Starts a command on one core, where the machine has a second one and the means. */
function pinned(command: readonly string[], core: number): ChildProcess {
  const pins = availableParallelism() > 1 && has("taskset", "--version");
  const [name = "", ...args] = pins ? ["taskset", "-c", String(core), ...command] : command;
  return spawn(name, args, { stdio: ["ignore", "pipe", "inherit"] });
}

function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch (error) {
    // `wrk -v` exits with 1: what counts is that it started.
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}

function peer(directory: string, name: string, config: string, core: number): ChildProcess {
  const file = join(directory, `${name}.cfg`);
  writeFileSync(file, config);
  return pinned(["haproxy", "-q", "-db", "-f", file], core);
}

const DEFAULTS = `global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout connect 1s
  timeout server 60s
`;

function targetsConfig(): string {
  const answer = `http-request return status 200 content-type text/plain string "${"x".repeat(64)}"`;
  return DEFAULTS + TARGETS.map((bind, index) => `frontend target${index}\n  bind ${bind}\n  ${answer}\n`).join("");
}

/** What our node does: least outstanding requests, kept connections, the client's address passed on, health checks. */
function peerConfig(): string {
  const servers = TARGETS.map((target, index) => `  server target${index} ${target} check inter 500\n`).join("");
  return `${DEFAULTS}frontend all
  bind ${PEER}
  default_backend targets
backend targets
  balance leastconn
  option forwardfor
  http-reuse always
  option httpchk GET /healthz
${servers}`;
}
