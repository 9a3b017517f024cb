/**
 * Whether everything fits on one machine: 25 programs, three zones' balancers and the load, one program killed and
 * started again all the time. An event loop that is late by more than 50 ms makes observers see failures that there
 * are none.
 *
 * `npm run bench -- event-loop [SECONDS] [NICE] [AT-ONCE]`: the niceness of the programs (0 by default), and how many
 * of them are killed and started together (1 by default; 8 is a lost zone).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/base/clock.ts";

const PROGRAMS = 25;
const ZONES = 3;
const RATES = [50, 250];
const LIMIT_MS = 50;
/** A program that runs for longer than this is up, and every health checker has seen it. */
const SETTLED_MS = 4_000;
const startedAt = new WeakMap<ChildProcess, number>();

interface Delays {
  readonly p99Ms: number;
  readonly maxMs: number;
}

function start(file: string, args: readonly string[], nice = 0): ChildProcess {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const node = [process.execPath, "--conditions=source", entry, ...args];
  const [command = "node", ...rest] = nice === 0 ? node : ["nice", "-n", String(nice), ...node];
  const child = spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  startedAt.set(child, systemClock.now());
  return child;
}

async function ready(child: ChildProcess): Promise<void> {
  await once(child, "message");
}

/** Kills and restarts programs, `atOnce` at a time, until told to stop; says how often. */
function churn(programs: ChildProcess[], restart: (index: number) => ChildProcess, atOnce: number): () => number {
  let restarts = 0;
  const churning = { on: true };
  const kill = async (index: number): Promise<void> => {
    programs[index]?.kill("SIGKILL");
    const program = restart(index);
    programs[index] = program;
    await ready(program);
  };
  const repeat = async (): Promise<void> => {
    for (; churning.on; restarts += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, nth) => kill((restarts + nth) % programs.length)));
      await systemClock.sleep(500);
    }
  };
  void repeat();
  return () => {
    churning.on = false;
    return restarts;
  };
}

/** Runs the bench and prints its figures; the arguments are those of the command above. */
export async function run(args: readonly string[]): Promise<void> {
  const [seconds = 30, nice = 0, atOnce = 1] = args.map(Number);
  const address = (index: number): string => `127.78.8.${index + 1}:8080`;
  const launch = (index: number): ChildProcess => start("event-loop-dummy.ts", [address(index)], nice);
  const programs = Array.from({ length: PROGRAMS }, (_, index) => launch(index));
  await Promise.all(programs.map(ready));
  const targets = programs.map((_, index) => address(index));
  const balancers = Array.from({ length: ZONES }, (_, zone) => `127.78.8.${101 + zone}:8080`);
  const zones = balancers.map((balancer) => start("balancer-process.ts", [balancer, ...targets]));
  let falseAlarms = 0;
  for (const zone of zones) {
    zone.on("message", (said: { kind: string; target?: string; healthy?: boolean }) => {
      const program = programs[Number(said.target?.slice(1))];
      const old = program !== undefined && systemClock.now() - (startedAt.get(program) ?? 0) > SETTLED_MS;
      if (said.kind === "health" && said.healthy === false && old) falseAlarms += 1;
    });
  }
  await Promise.all(zones.map(ready));
  await systemClock.sleep(3_000);
  try {
    for (const rate of RATES) {
      for (const churning of [false, true]) {
        const stop = churning ? churn(programs, launch, atOnce) : () => 0;
        await askAll(zones);
        falseAlarms = 0;
        const load = start("event-loop-load.ts", [String(rate), String(seconds), ...balancers]);
        const [done] = await once(load, "message");
        const delays = await askAll(zones);
        const restarts = stop();
        console.log(`${rate} requests/s, ${restarts} restarts:`, JSON.stringify({ ...done, kind: undefined }));
        console.log(`  zone processes: ${delays.map(show).join("; ")}; alive but found unhealthy: ${falseAlarms}`);
        const worst = Math.max(done.delayMaxMs, ...delays.map(({ maxMs }) => maxMs));
        console.log(
          `  worst delay ${worst.toFixed(1)} ms: ${worst > LIMIT_MS ? "TOO LATE" : "good"} (limit ${LIMIT_MS} ms)`,
        );
        await systemClock.sleep(2_000);
      }
    }
  } finally {
    for (const child of [...programs, ...zones]) child.kill("SIGKILL");
  }
}

async function askAll(zones: readonly ChildProcess[]): Promise<Delays[]> {
  return Promise.all(
    zones.map(async (zone) => {
      zone.send("delays");
      for (;;) {
        const [said] = await once(zone, "message");
        if (said.kind === "delays") return said as Delays;
      }
    }),
  );
}

function show({ p99Ms, maxMs }: Delays): string {
  return `p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms`;
}
