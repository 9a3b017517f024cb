/**
 * Whether scaling in spares work: the shop's API is made to grow by a target that is too low for its load, then the
 * target is put right again, and target tracking takes the tasks away that are too many, under one continuous load. Not
 * one operation may fail, and every acknowledged order must be there in the end.
 *
 * `npm run bench -- scale-in [RATE]`: at 20 operations a second by default. Takes about three minutes, most of it the
 * fifteen low datapoints that target tracking waits for. Ends with exit code 1 where anything failed.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../src/base/clock.ts";
import type { Host } from "../src/base/host.ts";
import type { Ms } from "../src/base/units.ts";
import { breakAndWatch } from "../src/drill/break-and-watch.ts";
import { runControl } from "../src/drill/control.ts";
import type { DrillDocument } from "../src/base/drill-document.ts";
import { readJournal } from "../src/drill/journal.ts";
import { budgetsOf } from "../src/drill/plan.ts";
import { checkLedger } from "../src/drill/read-back.ts";
import { type Session, withRig } from "../src/drill/rig.ts";
import { becomeSteady, recordEventLoops, startLoad } from "../src/drill/run.ts";
import { judge } from "../src/drill/verdict.ts";
import type { Expectation, Fault } from "../src/fault/fault.ts";
import { SHOP, openBenchWorld } from "./bench-world.ts";

const SERVICE = "api";
/** The load of the moment is taken as twice what the minimum carries: six tasks instead of three, or some more. */
const SHARE = 2;
/** Fifteen periods of six seconds, a cooldown of thirty, and room for a machine that is busy. */
const IN_WITHIN_MS: Ms = 300_000;

const claim = (what: string, after: "fault" | "heal"): Expectation["claims"][number]["claim"] => ({
  kind: "decided",
  what,
  component: SERVICE,
  after,
});

const expectation: Expectation = {
  unavailable: [],
  claims: [
    { claim: claim("scale-out-complete", "fault"), proves: "it grows" },
    { claim: claim("scaled-in", "heal"), proves: "it shrinks" },
    { claim: { kind: "unharmed" }, proves: "nobody notices" },
  ],
  trace: "none",
};

const scaleIn: Fault = {
  name: "scale-in",
  summary: "makes a service grow, and shrink again",
  scope: "region",
  blastClass: "instance",
  standsFor: "the end of a busy day",
  notModelled: [],
  fisAction: null,
  targets: () => [SERVICE],
  primitives: () => [{ kind: "size-to-load", service: SERVICE, share: SHARE }],
  expects: () => expectation,
};

const say = (text: string): void => console.log(text);
const host: Host = { say: ({ about = "", text }) => say(`${about.padEnd(14)} ${text}`) };

/** Runs the bench; the argument is that of the command above. */
export async function run([rate = "20"]: readonly string[]): Promise<void> {
  const { world, close, state } = await openBenchWorld({ name: "scale-in", config: SHOP, pace: "fast", host });
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  try {
    const drill = await scaleOutAndIn({
      world,
      host,
      clock: systemClock,
      seed: 1,
      rate: Number(rate),
      directory: join(state, "drills"),
      documentedMs: {},
      budgets: { ...budgetsOf(world.topology, world.paceFactor), settleMs: IN_WITHIN_MS },
      signal: stopping.signal,
    });
    print(drill);
    process.exitCode = drill.verdict === "pass" ? 0 : 1;
  } finally {
    await close();
    await rm(state, { recursive: true, force: true });
  }
}

async function scaleOutAndIn(session: Session): Promise<DrillDocument> {
  const { world, clock } = session;
  const objective = world.topology.objectives.instance;
  const control = await runControl(session);
  const controlP99Ms = Object.fromEntries(Object.entries(control.journeys).map(([id, { p99Ms }]) => [id, p99Ms]));
  const label = { name: scaleIn.name, target: SERVICE, blastClass: scaleIn.blastClass, objective, expectation };
  const file = await withRig({ ...label, controlP99Ms }, session, async (rig) => {
    let shrunk = false;
    world.watch((event) => (shrunk ||= event.kind === "decision" && event.what === "scaled-in"));
    await becomeSteady(rig, session);
    const books = await rig.load.ask("effects", null);
    await startLoad(rig, session);
    await breakAndWatch(rig, session, { planned: { fault: scaleIn, target: SERVICE }, expectation, say });
    say("waiting for target tracking to scale in");
    await rig.until(() => shrunk, IN_WITHIN_MS);
    while ((await draining(session)) > 0) await clock.sleep(100, session.signal);
    say("scaled in; customers go on for a while");
    await clock.sleep(5_000, session.signal);
    await rig.load.ask("stop", null);
    await recordEventLoops(rig, session);
    rig.record({ kind: "phase", at: clock.now(), phase: "check" });
    await checkLedger(rig, session, books);
  });
  return judge({ ...(await readJournal(file)), file });
}

async function draining({ world }: Session): Promise<number> {
  const { instances } = await world.status();
  return instances.filter(({ state }) => state === "draining").length;
}

function print({ verdict, reasons, notes, journeys }: DrillDocument): void {
  for (const [id, { operations, failed, unknown, failedAttempts, lost, appliedTwice }] of Object.entries(journeys)) {
    const ended = `${operations} operations, ${failed} failed, ${unknown} unknown, ${failedAttempts} failed tries`;
    say(`${id.padEnd(14)} ${ended}, ${lost} lost, ${appliedTwice} applied twice`);
  }
  for (const each of [...reasons, ...notes]) say(each);
  say(verdict);
}
