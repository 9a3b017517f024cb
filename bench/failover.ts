/**
 * How long a database is without a primary after the crash of one: Holdfast beside Patroni, on this machine, with the
 * same client, and synchronous replication in both.
 *
 * `npm run bench -- failover [ROUNDS] [--only holdfast|patroni] [--json FILE]`: 5 rounds of each by default. Needs
 * Patroni, etcd and PostgreSQL of the system, and says how to get them. A failover is made of timers, so each line
 * tells which are in force: what is compared is how soon each is willing to act, and then how fast it acts.
 */
import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "../src/base/clock.ts";
import { silentHost } from "../src/base/host.ts";
import type { Ms } from "../src/base/units.ts";
import type { LoadedDefinition } from "../src/definition/load.ts";
import { type PaceName, PACES, timeout, timer } from "../src/topology/timing.ts";
import { componentsOf } from "../src/topology/topology.ts";
import type { World } from "../src/world/world.ts";
import { openBenchWorld } from "./bench-world.ts";
import { type Distribution, describeDistribution, distributionOf } from "./distribution.ts";
import { localDatabase } from "./local-database.ts";
import { type Loss, PATRONI_TIMERS, type PatroniTimers, findPatroni, startPatroni } from "./patroni.ts";
import { type WriterProbe, startWriterProbe } from "./writer-probe.ts";

const REGISTER = fileURLToPath(new URL("../test/support/register/holdfast.config.ts", import.meta.url));
const pauseMs: Ms = 20;
/** A failover that takes longer has failed. */
const WITHIN_MS = 180_000;
/** Writes flow for this long before each crash. */
const BEFORE_MS = 2_000;

type Definition = LoadedDefinition["definition"];

/** One line of the table. */
interface Row {
  readonly what: string;
  readonly timers: string;
  readonly times: Distribution | null;
  readonly acknowledged: number;
  readonly lost: number;
}

/** Runs the bench and prints its table; the arguments are those of the command above. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: "string" }, json: { type: "string" } },
  });
  const rounds = Number(positionals[0] ?? 5);
  const wanted = (who: string): boolean => values.only === undefined || values.only === who;
  if (wanted("patroni")) findPatroni();
  const rows: Row[] = [];
  if (wanted("holdfast")) {
    rows.push(...(await holdfast("fast", rounds)));
    rows.push(...(await holdfast("aws", rounds)));
  }
  if (wanted("patroni")) {
    for (const [name, timers] of Object.entries(PATRONI_TIMERS)) {
      for (const loss of ["node", "postgres"] as const) rows.push(await patroni({ name, timers, loss, rounds }));
    }
  }
  for (const { what, timers, times, acknowledged, lost } of rows) {
    console.log(`${what} (${timers})`);
    console.log(`  ${describeDistribution(times)}; ${acknowledged} writes acknowledged, ${lost} lost`);
  }
  showRatios(rows);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ rounds, rows }, null, 2)}\n`);
}

function showRatios([first, ...others]: readonly Row[]): void {
  if (!first?.times) return;
  for (const { what, times } of others) {
    if (times) console.log(`${what}: ${(times.p50 / first.times.p50).toFixed(1)} × the median of "${first.what}"`);
  }
}

/** Seen by a client of the members themselves, as Patroni's is, and by one of the cluster endpoint. */
async function holdfast(pace: PaceName, rounds: number): Promise<Row[]> {
  const system = { name: "failover", config: REGISTER, change: checkedOften };
  const { world, close, state } = await openBenchWorld({ ...system, pace, host: silentHost });
  try {
    const { id, members, endpoints } = await localDatabase(world, state);
    const direct = await startWriterProbe({ name: "members", ways: members, to: "nodes", pauseMs });
    const named = await startWriterProbe({ name: "endpoint", ways: endpoints, to: "endpoint", pauseMs });
    const times: Record<"direct" | "named", Ms[]> = { direct: [], named: [] };
    for (let round = 1; round <= rounds; round++) {
      await systemClock.sleep(BEFORE_MS);
      const [from, struckAt] = await crash(world, id);
      const [one, other] = await Promise.all([direct, named].map((probe) => firstWrite(probe, { from, struckAt })));
      times.direct.push(one!); // two were asked for
      times.named.push(other!);
      if (!(await world.settled(WITHIN_MS))) throw new Error("it did not become whole again");
      console.log(
        `holdfast, pace ${pace}, round ${round}: ${one!.toFixed(0)} ms, by its endpoint ${other!.toFixed(0)} ms`,
      );
    }
    const timers = timersOf(world, pace);
    return [
      await rowOf(`holdfast, pace ${pace}`, { timers, times: times.direct, probe: direct }),
      await rowOf(`holdfast, pace ${pace}, by its cluster endpoint`, { timers, times: times.named, probe: named }),
    ];
  } finally {
    await close();
    await rm(state, { recursive: true, force: true });
  }
}

/** At AWS's pace and with its defaults a program is healthy after minutes; nothing here waits for it. */
function checkedOften(definition: Definition): Definition {
  const register = definition.services["register"]!; // it has one
  const health = { ...register.health!, interval: 5_000, timeout: 2_000, healthyThreshold: 2 }; // which has one
  return { ...definition, services: { register: { ...register, health } } };
}

/** Kills the primary; gives the instants before and after. */
async function crash(world: World, component: string): Promise<readonly [Ms, Ms]> {
  const { instances } = await world.status();
  const primary = instances.find((instance) => instance.component === component && instance.role === "primary");
  if (!primary) throw new Error(`${component} has no primary`);
  const from = systemClock.now();
  const primitives = [{ kind: "kill", instance: primary.id }] as const;
  const id = await world.inject({ name: "database-crash", target: primary.id, primitives });
  const struckAt = systemClock.now();
  await world.heal(id);
  return [from, struckAt];
}

function timersOf({ topology }: World, name: PaceName): string {
  const { settings } = componentsOf(topology, "database")[0]!; // it has one
  const pace = PACES[name];
  const { intervalMs, timeoutMs, unhealthyThreshold } = settings.detection;
  const check = `a check every ${timer(intervalMs, pace)} ms, ${timeout(timeoutMs, pace)} ms to answer`;
  const promotion = name === "aws" ? "; the promotion takes what AWS documents" : "";
  return `${check}, ${unhealthyThreshold} failures; endpoint TTL ${timer(settings.endpointTtlMs, pace)} ms${promotion}`;
}

async function patroni(wish: { name: string; timers: PatroniTimers; loss: Loss; rounds: number }): Promise<Row> {
  const { name, timers, loss, rounds } = wish;
  const cluster = await startPatroni(timers);
  try {
    const probe = await startWriterProbe({ name: "patroni", ways: cluster.nodes, to: "nodes", pauseMs });
    const times: Ms[] = [];
    const what = `patroni, ${name}, ${loss === "node" ? "its agent killed too" : "PostgreSQL alone killed"}`;
    for (let round = 1; round <= rounds; round++) {
      await systemClock.sleep(BEFORE_MS);
      const { node, from } = await cluster.killPrimary(loss);
      const took = await firstWrite(probe, { from, struckAt: systemClock.now() });
      times.push(took);
      await cluster.mend(node);
      console.log(`${what}, round ${round}: ${took.toFixed(0)} ms`);
    }
    const shown = Object.entries(timers).map(([timer, seconds]) => `${timer} ${seconds} s`);
    const timersInForce = `${shown.join(", ")}; synchronous_mode; ${cluster.versions.join(", ")}`;
    return await rowOf(what, { timers: timersInForce, times, probe });
  } finally {
    await cluster.stop();
  }
}

async function firstWrite(probe: WriterProbe, { from, struckAt }: { from: Ms; struckAt: Ms }): Promise<Ms> {
  const first = await probe.firstSince(struckAt, WITHIN_MS);
  if (first === null) throw new Error("no write was acknowledged any more");
  return first.at - from;
}

async function rowOf(
  what: string,
  { timers, times, probe }: { timers: string; times: readonly Ms[]; probe: WriterProbe },
): Promise<Row> {
  const lost = await probe.lost();
  return { what, timers, times: distributionOf(times), acknowledged: probe.acknowledged.length, lost: lost.length };
}
