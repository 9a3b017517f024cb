import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { WorldEvent } from "../base/journal.ts";
import type { Topology } from "../topology/topology.ts";
import { CrashLoops, lastWords } from "./crash-loop.ts";
import { StateDirectory } from "./state-directory.ts";

const directory = mkdtempSync(join(tmpdir(), "holdfast-test-"));
const state = new StateDirectory(directory);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As much of a topology as is looked at: two services, of which one calls the other, and a worker. */
const topology = {
  components: [
    { id: "front", kind: "service", settings: { uses: ["back"], consumes: null, scale: { min: 3 } } },
    { id: "back", kind: "service", settings: { uses: [], consumes: null, scale: { min: 3 } } },
    { id: "worker", kind: "service", settings: { uses: [], consumes: "jobs", scale: { min: 3 } } },
  ],
} as unknown as Topology;

const exited = (component: string): WorldEvent => ({
  kind: "decision",
  at: 0,
  component,
  what: "exited",
  subject: `${component}-us-east-1a`,
  detail: "exit 1",
});
const healthy = (component: string): WorldEvent => ({
  kind: "sight",
  at: 0,
  observer: "us-east-1a",
  instance: `${component}-us-east-1a`,
  component,
  ok: true,
});

function watched(...events: readonly WorldEvent[]): CrashLoops {
  const loops = new CrashLoops(topology, state);
  for (const event of events) loops.see(event);
  return loops;
}

const times = (number: number, event: WorldEvent): WorldEvent[] => Array.from({ length: number }, () => event);

test("a program that ends five times in each of three zones is given up, with its own last words", async () => {
  const log = state.logFile("back-us-east-1a");
  mkdirSync(dirname(log), { recursive: true });
  appendFileSync(log, "Error: of an earlier run\n");
  const loops = watched();
  appendFileSync(log, "starting\nError: no driver\n    at main (server.js:1:1)\n\nNode.js v24.1.0\n");
  expect(await watched(...times(14, exited("back"))).problem()).toBeUndefined();
  for (const event of times(15, exited("back"))) loops.see(event);
  const problem = await loops.problem();
  expect(problem?.code).toBe("RUN-006");
  expect(problem?.message).toBe('"back" does not come up: its program ended 15 times (exit 1): Error: no driver');
  expect(problem?.fix).toContain(log);
});

test("words of an earlier run are not taken for the last ones", async () => {
  const log = state.logFile("back-us-east-1a");
  appendFileSync(log, "Error: of an earlier run\n");
  const loops = watched(...times(15, exited("back")));
  appendFileSync(log, "module psycopg2 is missing\n");
  expect((await loops.problem())?.message).toContain("psycopg2");
});

test("that a queue worker runs is believed only once it has run on for a while", () => {
  const loops = watched();
  const [worker, back] = [
    { id: "worker", redundant: true },
    { id: "back", redundant: true },
  ];
  expect(loops.believes([back], 0)).toBe(true);
  expect(loops.believes([worker, back], 0)).toBe(false);
  expect(loops.believes([worker, back], 1_400)).toBe(false);
  expect(loops.believes([{ ...worker, redundant: false }, back], 1_450)).toBe(false);
  expect(loops.believes([worker, back], 1_600)).toBe(false);
  expect(loops.believes([worker, back], 3_200)).toBe(true);
  loops.see(exited("back"));
  expect(loops.believes([worker, { ...back, redundant: false }], 3_300)).toBe(false);
  expect(loops.believes([worker, back], 3_400)).toBe(false);
});

test("a program that cannot even be started counts as one that ends", async () => {
  const act = { kind: "act", at: 0, component: "back", act: "start", subject: "back-us-east-1b" } as const;
  const problem = await watched(...times(15, { ...act, ok: false, tookMs: 1, detail: "no such folder" })).problem();
  expect(problem?.message).toContain("(no such folder)");
});

test("a service that has served once is not given up, nor one that waits for another service", async () => {
  expect(await watched(healthy("back"), ...times(50, exited("back"))).problem()).toBeUndefined();
  const front = times(50, exited("front"));
  expect(await watched(...front).problem()).toBeUndefined();
  expect((await watched(healthy("back"), ...front).problem())?.message).toContain('"front"');
});

test("the last words of a log are its last line that tells of an error, or simply its last", () => {
  expect(lastWords("Traceback:\n  File x\nModuleNotFoundError: No module named 'psycopg2'\n\n")).toBe(
    "ModuleNotFoundError: No module named 'psycopg2'",
  );
  expect(lastWords("one\ntwo\n")).toBe("two");
  expect(lastWords("")).toBe("");
});
