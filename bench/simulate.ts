import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { systemClock } from "../src/base/clock.ts";
import { loadDefinition } from "../src/definition/load.ts";
import { definitionOf } from "../src/definition/validate.ts";
import { YEAR } from "../src/facts/failure.ts";
import { compileModel } from "../src/simulate/system/compile.ts";
import { simpleModel } from "../src/simulate/system/fixture.ts";
import type { SystemModel } from "../src/simulate/system/model.ts";
import { hazardRates } from "../src/simulate/system/rates.ts";
import { tallyYears } from "../src/simulate/system/simulate.ts";
import { ALONE, startPlayers } from "../src/simulate/system/threads.ts";
import { compileTopology } from "../src/topology/compile.ts";
import type { Topology } from "../src/topology/topology.ts";

const HOUR = 3_600_000;
const MACHINES = 20;
const FAILURES_PER_YEAR = 20;
const REPAIR_HOURS = 24;
const VENV = resolve(".holdfast/bench/simpy");

/** The same machines in SimPy: each works for a memoryless time, and is repaired in one. */
const SIMPY = `
import random, simpy, sys, time
machines, per_year, repair, years = (float(each) for each in sys.argv[1:])
YEAR = 8760.0
env, rng, count = simpy.Environment(), random.Random(1), [0, 0]
down_since = [0.0]
down_time = [0.0]
def machine():
    while True:
        yield env.timeout(rng.expovariate(per_year / YEAR))
        count[0] += 1
        if count[1] == 0:
            down_since[0] = env.now
        count[1] += 1
        yield env.timeout(rng.expovariate(1.0 / repair))
        count[0] += 1
        count[1] -= 1
        if count[1] == 0:
            down_time[0] += env.now - down_since[0]
for _ in range(int(machines)):
    env.process(machine())
since = time.process_time()
env.run(until=years * YEAR)
print(count[0], time.process_time() - since, 1 - down_time[0] / (years * YEAR))
`;

/**
 * Events a second on machines that fail and are repaired in memoryless times, beside SimPy; a thousand years of the
 * shop; and how the cost grows with instances and with years. Times are of the processor.
 * `npm run bench -- simulate [YEARS]`
 */
export async function run([years = "1000"]: readonly string[]): Promise<void> {
  await besideSimPy(Number(years));
  await shop(Number(years));
  await growth();
  await onThreads();
}

async function besideSimPy(years: number): Promise<void> {
  const machine = { needed: MACHINES, perYear: FAILURES_PER_YEAR, repairMs: { meanMs: REPAIR_HOURS * HOUR } };
  const model = simpleModel([{ id: "machine", zones: Array.from({ length: MACHINES }, () => null), ...machine }]);
  const own = await measured(model, years);
  const exact = (1 + (FAILURES_PER_YEAR * REPAIR_HOURS) / 8_760) ** -MACHINES;
  console.log(`${MACHINES} machines, all needed, ${years} years: exactly ${exact.toFixed(4)} available`);
  console.log(`  holdfast ${own.available.toFixed(4)}, ${own.events} events, ${perSecond(own)} a second`);
  const python = simPy();
  if (python === null) return console.log("  SimPy could not be installed: it is left out");
  const said = execFileSync(python, ["-c", SIMPY, ...[MACHINES, FAILURES_PER_YEAR, REPAIR_HOURS, years].map(String)]);
  const [events = 0, seconds = 0, available = 0] = said.toString().trim().split(" ").map(Number);
  const other = { events, seconds };
  console.log(`  SimPy    ${available.toFixed(4)}, ${events} events, ${perSecond(other)} a second`);
  console.log(`  ratio ${(own.events / own.seconds / (events / seconds)).toFixed(2)}`);
}

/** SimPy in a virtual environment beside the engines; null where it cannot be had. */
function simPy(): string | null {
  const python = join(VENV, "bin", "python");
  const runs = (command: string, ...args: readonly string[]): boolean => {
    try {
      execFileSync(command, args, { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  const isThere = (): boolean => runs(python, "-c", "import simpy");
  if (isThere()) return python;
  runs("python3", "-m", "venv", VENV);
  runs(python, "-m", "pip", "install", "--quiet", "simpy==4.1.1");
  return isThere() ? python : null;
}

async function shop(years: number): Promise<void> {
  const { definition, directory } = await loadDefinition("examples/shop/holdfast.config.ts");
  for (const regions of ["primary", "all"] as const) {
    const topology = compileTopology(definition, { regions, directory });
    const done = await measured(compileModel(topology, hazardRates(topology, "middle")), years);
    const where = regions === "primary" ? "one region" : "two regions";
    const seconds = done.seconds.toFixed(1);
    console.log(`the shop in ${where}, ${years} years: ${seconds} s, ${perSecond(done)} events a second`);
  }
}

/** A sharded system: cells of the same kind, each a service of its own. By tasks in a cell, by cells and by years. */
async function growth(): Promise<void> {
  for (const [cells, tasks, lengths] of [
    [1, 10, [10, 100]],
    [1, 50, [10, 100]],
    [1, 100, [10]],
    [20, 50, [1, 10]],
    [500, 20, [1, 5]],
    [200, 50, [1, 5]],
  ] as const) {
    const topology = cellsOf(cells, tasks);
    const model = compileModel(topology, hazardRates(topology, "middle"));
    for (const years of lengths) {
      const done = await measured(model, years);
      const what = `${cells * tasks} tasks in ${cells} cells, ${years} ${years === 1 ? "year" : "years"}`;
      console.log(`${what}: ${done.seconds.toFixed(2)} s, ${done.events} events, ${perSecond(done)} a second`);
    }
  }
}

/** What more threads spare who waits. */
async function onThreads(): Promise<void> {
  const topology = cellsOf(20, 50);
  const model = compileModel(topology, hazardRates(topology, "middle"));
  for (const threads of [1, 2]) {
    const players = startPlayers(threads);
    const since = systemClock.now();
    const done = await measured(model, 100, players);
    await players.close();
    const wall = ((systemClock.now() - since) / 1_000).toFixed(1);
    console.log(
      `1000 tasks, 100 years, threads: ${threads}: ${wall} s to wait, ${done.seconds.toFixed(1)} s of processors`,
    );
  }
}

/** A hundred requests a second for each task. A definition may not have as many, so they are made of one cell. */
function cellsOf(cells: number, tasks: number): Topology {
  const scale = { min: tasks, max: 100 };
  const service = { build: ".", run: "node server.js", port: 8080, health: "/healthz", scale };
  const definition = definitionOf({
    name: "cells",
    regions: { primary: "us-east-1" },
    objectives: { peak: `${cells * tasks * 100} requests/second` },
    services: { cell: service },
  });
  const one = compileTopology(definition, { regions: "all", directory: process.cwd() });
  const numbers = Array.from({ length: cells }, (_, number) => number);
  return {
    ...one,
    components: numbers.flatMap((number) => one.components.map((each) => ({ ...each, id: `${each.id}-${number}` }))),
    instances: numbers.flatMap((number) =>
      one.instances.map((each) => {
        const component = `${each.component}-${number}`;
        return { ...each, component, id: each.id.replace(each.component, component) };
      }),
    ),
  };
}

interface Measured {
  readonly events: number;
  readonly seconds: number;
}

async function measured(
  model: SystemModel,
  years: number,
  players = ALONE,
): Promise<Measured & { readonly available: number }> {
  const before = process.cpuUsage();
  const tally = await tallyYears(model, { years, seed: "1", players });
  const { user, system } = process.cpuUsage(before);
  const strikes = [...tally.byCause.values()].reduce((sum, { downMs }) => sum + downMs.length, 0);
  const available = 1 - tally.unservedMs / (years * YEAR.value);
  return { events: tally.events + strikes, seconds: (user + system) / 1e6, available };
}

function perSecond({ events, seconds }: Measured): string {
  return Math.round(events / seconds).toLocaleString("en");
}
