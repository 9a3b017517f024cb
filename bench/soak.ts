/**
 * Whether it holds for long: the shop loses its database's primary again and again, then the zone of its primary, under
 * one continuous load; each time only once it is whole again. At the end every acknowledged order is read back.
 *
 * `npm run bench -- soak [FAILOVERS] [ZONE-LOSSES] [--rate R] [--seed S] [--json FILE]`: 100 of each by default, at 15
 * operations a second, which takes about 40 minutes. Ends with exit code 1 where anything was lost or applied twice, or
 * where it did not become whole again. Not covered: faults during the recovery of another, which is the nemesis' work.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/base/clock.ts";
import type { Host } from "../src/base/host.ts";
import type { Ms } from "../src/base/units.ts";
import { runControl } from "../src/drill/control.ts";
import type { DrillDocument } from "../src/base/drill-document.ts";
import { drillsDocument, sessionOf } from "../src/drill/drills.ts";
import { runCampaign } from "../src/drill/nemesis/campaign.ts";
import type { Striker } from "../src/drill/nemesis/striker.ts";
import { STEADY } from "../src/base/steady.ts";
import type { Rig, Session } from "../src/drill/rig.ts";
import type { Fault } from "../src/fault/fault.ts";
import { databaseCrash } from "../src/fault/database-crash.ts";
import { zoneLoss } from "../src/fault/zone-loss.ts";
import { SHOP, openBenchWorld } from "./bench-world.ts";
import { type Distribution, describeDistribution, distributionOf } from "./distribution.ts";
import { localDatabase } from "./local-database.ts";
import { type WriterProbe, startWriterProbe } from "./writer-probe.ts";

/** Three zones write at this pause: a resolution of a few hundredths of a second, and little work for the database. */
const PROBE_PAUSE_MS = 100;
/** What one loss and the way back may take together before the soak gives up. */
const AT_MOST_MS = 90_000;
const BREATH_MS = 1_000;

/** One fault of the soak, as it was measured while it ran. */
interface Measured {
  readonly fault: string;
  readonly target: string;
  /** From the strike to the first write that began after it and was acknowledged, through the writer endpoint. */
  readonly writesBackMs: Ms | null;
  /** From the strike until every component was whole again; for a zone, from the moment at which it is given back. */
  readonly wholeMs: Ms;
}

interface Soak {
  readonly probe: WriterProbe;
  readonly session: Session;
  readonly measured: Measured[];
}

/** Runs the soak; the arguments are those of the command above. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rate: { type: "string" }, seed: { type: "string" }, json: { type: "string" } },
  });
  const [failovers = 100, zoneLosses = 100] = positionals.map(Number);
  const { world, close, state } = await openBenchWorld({ name: "soak", config: SHOP, pace: "fast", host });
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  let passed = false;
  try {
    const session = sessionOf({
      world,
      host,
      clock: systemClock,
      seed: Number(values.seed ?? 1),
      rate: Number(values.rate ?? 15),
      directory: join(state, "drills"),
      documentedMs: {},
      signal: stopping.signal,
    });
    passed = await soak(session, { failovers, zoneLosses, state, json: values.json });
  } finally {
    await close();
    // A soak that fails leaves its journal for whoever looks for the cause.
    if (passed) await rm(state, { recursive: true });
    else console.log(`the journal and the logs are in ${state}`);
  }
  if (!passed) process.exitCode = 1;
}

interface Wish {
  readonly failovers: number;
  readonly zoneLosses: number;
  readonly state: string;
  readonly json: string | undefined;
}

async function soak(session: Session, { failovers, zoneLosses, state, json }: Wish): Promise<boolean> {
  const { id, endpoints } = await localDatabase(session.world, state);
  const control = await runControl(session);
  const probe = await startWriterProbe({ name: "soak", ways: endpoints, to: "endpoint", pauseMs: PROBE_PAUSE_MS });
  const measured: Measured[] = [];
  const blows = [
    ...Array.from({ length: failovers }, () => ({ fault: databaseCrash, target: `primary of ${id}` })),
    ...Array.from({ length: zoneLosses }, () => ({ fault: zoneLoss, target: `zone of the primary of ${id}` })),
  ];
  const drill = await runCampaign(
    {
      name: "soak",
      atMostMs: blows.length * AT_MOST_MS,
      repeat: `npm run bench -- soak ${failovers} ${zoneLosses} --seed ${session.seed} --rate ${session.rate}`,
      async play(striker, rig) {
        for (const [at, blow] of blows.entries()) {
          const one = await loseOne(blow, { striker, rig, soak: { probe, session, measured } });
          measured.push(one);
          const back = one.writesBackMs === null ? "never" : `after ${seconds(one.writesBackMs)}`;
          const text = `${one.fault} of ${one.target}: writes back ${back}, whole after ${seconds(one.wholeMs)}`;
          host.say({ level: "progress", about: `${at + 1}/${blows.length}`, text });
        }
        // Copies are compared next: nobody else may write then.
        await probe.stop();
      },
    },
    session,
    control,
  );
  const probeLost = await probe.lost();
  const spreads = Object.fromEntries(
    [databaseCrash, zoneLoss].map(({ name }) => [name, spreadsOf(measured.filter(({ fault }) => fault === name))]),
  );
  const lines = Object.entries(spreads).flatMap(([name, { writesBackMs, wholeMs }]) => [
    `${name}: writes back ${describeDistribution(writesBackMs)}`,
    `${name}: whole again ${describeDistribution(wholeMs)}`,
  ]);
  show(drill, lines, { written: probe.acknowledged.length, lost: probeLost.length });
  const told = { ...drill, notes: [...lines, ...drill.notes] };
  const document = drillsDocument(session, { control, drills: [told], skipped: [] });
  const whole = { ...document, soak: { failovers, zoneLosses, spreads, measured, probeLost: probeLost.length } };
  if (json !== undefined) await writeFile(json, `${JSON.stringify(whole, null, 2)}\n`);
  const missing = measured.some(({ writesBackMs }) => writesBackMs === null);
  return drill.verdict === "pass" && probeLost.length === 0 && !missing && measured.length === blows.length;
}

/** Strikes, waits until writes and customers are back, undoes it, and waits until all is whole. */
async function loseOne(
  { fault, target }: { fault: Fault; target: string },
  { striker, rig, soak }: { striker: Striker; rig: Rig; soak: Soak },
): Promise<Measured> {
  const { clock, world, signal, budgets } = soak.session;
  const from = clock.now();
  const blow = await striker.strike(fault, target);
  if (!blow) throw new Error(`${fault.name} found nothing to strike: ${target}`);
  const struckAt = clock.now();
  const first = await soak.probe.firstSince(struckAt, budgets.observeAtMostMs);
  const isZone = blow.primitives.some(({ kind }) => kind === "power-off");
  if (isZone) {
    // It is given back only after its customers went on without it.
    await rig.until(
      () => rig.live.steady({ windows: STEADY.windows, from: struckAt, now: clock.now() }),
      budgets.observeAtMostMs,
    );
  }
  const healedAt = clock.now();
  await striker.heal(blow);
  if (!(await world.settled(AT_MOST_MS))) throw new Error(`not whole again after ${fault.name} of ${blow.subject}`);
  const wholeMs = clock.now() - (isZone ? healedAt : from);
  await clock.sleep(BREATH_MS, signal);
  return { fault: fault.name, target: blow.subject, writesBackMs: first && first.at - from, wholeMs };
}

interface Spreads {
  readonly writesBackMs: Distribution | null;
  readonly wholeMs: Distribution | null;
}

function spreadsOf(measured: readonly Measured[]): Spreads {
  return {
    writesBackMs: distributionOf(measured.flatMap(({ writesBackMs }) => writesBackMs ?? [])),
    wholeMs: distributionOf(measured.map(({ wholeMs }) => wholeMs)),
  };
}

function show(
  { verdict, reasons, journeys, episodes = [] }: DrillDocument,
  spreads: readonly string[],
  probe: { written: number; lost: number },
): void {
  console.log(spreads.join("\n"));
  for (const [name, own] of Map.groupBy(episodes, ({ fault }) => fault)) {
    const failed = own.reduce((sum, each) => sum + each.failed, 0);
    console.log(`${name}: ${failed} operations of customers did not end well`);
  }
  for (const [id, { operations, ok, acknowledged, lost, lostAtMost, appliedTwice, durability }] of Object.entries(
    journeys,
  )) {
    const losses = `${lost} lost (${lostAtMost} at most), ${appliedTwice} applied twice`;
    const writes = `${acknowledged} writes acknowledged, ${losses}`;
    console.log(`${id} (${durability}): ${ok} of ${operations} operations ended well; ${writes}`);
  }
  console.log(`the probe: ${probe.written} writes acknowledged, ${probe.lost} lost`);
  console.log([`verdict: ${verdict}`, ...reasons].join("\n  "));
}

function seconds(ms: Ms): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

const host: Host = {
  say({ about, text }) {
    console.log(about === undefined ? text : `${about}: ${text}`);
  },
};
