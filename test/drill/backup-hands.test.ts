import { dirname } from "node:path";
import { expect, test } from "vitest";
import { silentHost } from "../../src/base/host.ts";
import type { WorldEvent } from "../../src/base/journal.ts";
import { loadDefinition } from "../../src/definition/load.ts";
import { openWorld } from "../../src/local/open-world.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { Primitive } from "../../src/world/primitive.ts";
import { temporaryState } from "../support/command.ts";
import { eventually } from "../support/eventually.ts";

const REGISTER = "test/support/register/holdfast.config.ts";
const PATIENT = { within: "60 seconds" } as const;

/** What the world does, in a system whose customers all are this test. */
test("rows that somebody deletes come back, and a backup is broken off with its primary", async () => {
  using state = temporaryState();
  const { definition, path } = await loadDefinition(REGISTER);
  const topology = compileTopology(definition, { regions: "primary", directory: dirname(path) });
  const system = { topology, config: path, backups: { key: null }, stateDirectory: state.path };
  const { world, close } = await openWorld(system, { pace: "fast", host: silentHost });
  try {
    const told: Extract<WorldEvent, { kind: "decision" }>[] = [];
    const whole: boolean[] = [];
    world.watch((event) => {
      if (event.kind === "decision") told.push(event);
      if (event.kind === "redundancy" && event.component === "database") whole.push(event.full);
    });
    const has = (what: string): boolean => told.some((event) => event.what === what);
    const { site } = (await world.status()).endpoints;
    const isThere = async (key: string): Promise<boolean> => (await fetch(`${site}/entries/${key}`)).ok;
    const write = (key: string): Promise<unknown> =>
      eventually(async () => {
        const body = JSON.stringify({ key, value: "v" });
        const headers = { "content-type": "application/json", "idempotency-key": key };
        return (await fetch(`${site}/entries`, { method: "POST", headers, body })).ok;
      }, PATIENT);
    const inject = (...primitives: readonly Primitive[]): Promise<string> =>
      world.inject({ name: "by-hand", target: null, primitives });
    await world.limits(["delete-rows", "back-up"]);
    await write("before");

    const mistake = await inject({ kind: "delete-rows", component: "database" });
    expect(await isThere("before")).toBe(false);
    await write("between");
    await world.heal(mistake);
    await eventually(() => isThere("before"), PATIENT);
    expect(await isThere("between")).toBe(false);
    expect(told.map(({ what }) => what).filter((what) => /^(rows|restor)/.test(what))).toEqual([
      "rows-deleted",
      "restoring",
      "restore-made",
      "restored-to",
    ]);
    expect(await world.settled(60_000)).toBe(true);
    await eventually(() => whole.at(-1) === true, PATIENT);
    expect(whole).toEqual([false, true]); // its copies were made anew

    const primary = (await world.status()).instances.find(({ role }) => role === "primary")!.id; // it is settled
    const lost = await inject({ kind: "back-up", component: "database" }, { kind: "kill", instance: primary });
    await eventually(() => has("backup-broken-off") && has("promoted"), PATIENT);
    await write("after");
    await world.heal(lost);
    const isProof = ({ what }: { what: string }): boolean => what === "backup-proved" || what === "backup-unsound";
    await eventually(() => told.some(isProof), PATIENT);
    expect(told.find(isProof)).toMatchObject({ what: "backup-proved", detail: expect.stringContaining("2 rows") });
    expect(await isThere("before")).toBe(true);
  } finally {
    await close();
  }
}, 240_000);
