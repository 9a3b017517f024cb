import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentHost } from "../base/host.ts";
import type { WorldEvent } from "../base/journal.ts";
import type { RecoveryCommand, RecoveryStatus, RegionRecovery } from "../world/recovery.ts";
import type { World } from "../world/world.ts";
import { systemClock } from "../base/clock.ts";
import { chooseRecovery, recoverHere } from "./failover-local.ts";
import { failbackCommand, failoverCommand } from "./failover.ts";

const STANDBY: RegionRecovery = {
  name: "us-west-2",
  role: "standby",
  seen: true,
  data: "follows",
  services: "reduced",
  lagMs: { database: 12 },
};
const ACTIVE: RegionRecovery = { ...STANDBY, name: "us-east-1", role: "active", data: "leads", services: "full" };
const WELL: RecoveryStatus = { active: "us-east-1", plan: null, asked: false, regions: [ACTIVE, STANDBY], saved: [] };
const LOST: RecoveryStatus = { ...WELL, regions: [{ ...ACTIVE, seen: false }, STANDBY] };
const SHOP = { recovery: "warm-standby" } as const;

describe("what the recovery of the system that runs here is told", () => {
  test("hands over without loss while the region that serves is seen", () => {
    expect(chooseRecovery(SHOP, WELL, {})).toMatchObject({
      command: { what: "switchover", to: "us-west-2" },
      from: "us-east-1",
      planned: true,
      lags: [{ replica: "database", lagMs: 12 }],
      plannedStages: ["scale", "quiesce", "catch-up", "promote", "shift", "follow", "verify"],
    });
  });

  test("gives the region up where it is not seen, or where that is said", () => {
    const failover = { command: { what: "failover", to: "us-west-2" }, planned: false };
    expect(chooseRecovery(SHOP, LOST, {})).toMatchObject(failover);
    expect(chooseRecovery(SHOP, WELL, { allowDataLoss: true })).toMatchObject(failover);
  });

  test("never gives a region up for a failback, and answers nothing by it", () => {
    const back = { to: "us-west-2", lossless: true };
    for (const status of [WELL, LOST, { ...LOST, asked: true }])
      expect(chooseRecovery(SHOP, status, back)).toMatchObject({ command: { what: "switchover" }, planned: true });
  });

  test("is the answer where somebody is asked", () => {
    const asked = { ...LOST, asked: true };
    expect(chooseRecovery(SHOP, asked, {}).command).toEqual({ what: "answer", approved: true });
    expect(chooseRecovery(SHOP, asked, { decline: true }).command).toEqual({ what: "answer", approved: false });
  });

  test("fails where there is no other region, no such region, or nothing to decline", () => {
    expect(() => chooseRecovery(SHOP, null, {})).toThrow(expect.objectContaining({ code: "RUN-037" }));
    expect(() => chooseRecovery(SHOP, WELL, { to: "eu-west-1" })).toThrow(expect.objectContaining({ code: "RUN-037" }));
    expect(() => chooseRecovery(SHOP, LOST, { decline: true })).toThrow(expect.objectContaining({ code: "RUN-038" }));
  });
});

/** A world that answers a command by these events; that of another component is none of its business. */
function world(events: readonly Partial<WorldEvent>[]) {
  const listeners = new Set<(event: WorldEvent) => void>();
  const told: RecoveryCommand[] = [];
  const watched = {
    told,
    listeners,
    watch(listener: (event: WorldEvent) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async recover(command: RecoveryCommand) {
      told.push(command);
      for (const event of events) for (const listener of listeners) listener(event as WorldEvent);
    },
    status: async () => ({}),
  };
  return watched as unknown as World & Pick<typeof watched, "told" | "listeners">;
}

const decision = (what: string, detail: string) => ({ kind: "decision" as const, component: "recovery", what, detail });
const act = (name: string, ok: boolean) =>
  ({ kind: "act", component: "recovery", act: name, ok, tookMs: 20, subject: "us-west-2" }) as const;

describe("a failover of the system that runs here", () => {
  const around = { host: silentHost, clock: systemClock, signal: new AbortController().signal };
  const chosen = chooseRecovery(SHOP, WELL, {});

  test("is watched to its end, stage by stage, and one that has to be tried again counts once", async () => {
    const other = { ...decision("finished", ""), component: "database" };
    const moving = world([
      decision("began", "switchover"),
      other,
      act("promote", false),
      act("promote", true),
      act("shift", true),
      decision("finished", "switchover"),
    ]);
    expect(await recoverHere(moving, chosen, around)).toEqual({
      end: "failed-over",
      why: "switchover",
      stages: [
        { name: "promote", ms: 20 },
        { name: "shift", ms: 20 },
      ],
    });
    expect(moving.told).toEqual([{ what: "switchover", to: "us-west-2" }]);
    expect(moving.listeners.size, "nobody listens any more").toBe(0);
  });

  test("says why it is refused, and that one which was taken back is none", async () => {
    const refused = world([decision("refused", "a rejoin is under way")]);
    expect(await recoverHere(refused, chosen, around)).toMatchObject({ end: "refused", why: "a rejoin is under way" });
    const back = world([decision("taken-back", "us-west-2 was lost"), decision("finished", "switchover, taken back")]);
    expect(await recoverHere(back, chosen, around)).toMatchObject({ end: "refused" });
  });

  test("ends with the question where the region that serves is lost half-way, and a person decides", async () => {
    const asking = world([decision("asked", "us-west-2 can take over, losing about the last 40 ms")]);
    expect(await recoverHere(asking, chosen, around)).toMatchObject({
      end: "refused",
      why: expect.stringContaining("was lost half-way; us-west-2 can take over"),
    });
  });

  test("goes on by itself where the watching is interrupted", async () => {
    const going = world([decision("began", "switchover")]);
    const signal = AbortSignal.timeout(20);
    expect(await recoverHere(going, chosen, { ...around, signal })).toMatchObject({ end: "interrupted" });
  });

  test("fails where the system is gone", async () => {
    const gone = { ...world([]), status: async () => Promise.reject(new Error("it does not answer")) };
    await expect(recoverHere(gone as unknown as World, chosen, around)).rejects.toThrow("it does not answer");
  });
});

describe("holdfast failover --local and failback --local", () => {
  const found = (status: RecoveryStatus, events: readonly Partial<WorldEvent>[]) => {
    const told = world(events);
    const here = { topology: { ...SHOP, regions: [ACTIVE, STANDBY] }, status: async () => ({ recovery: status }) };
    return { ...told, ...here, close: () => undefined } as unknown as typeof told & { close(): void };
  };
  const finished = [act("promote", true), decision("finished", "switchover")];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exitCode = undefined;
  });

  test("write what they did as JSON, and exit with 0 where the other region serves", async () => {
    const file = join(folder, "out.json");
    const here = found(WELL, finished);
    const asked: string[] = [];
    const find = async (stateDirectory: string) => {
      asked.push(stateDirectory);
      return here;
    };
    await failoverCommand(find).parseAsync(["--local", "--yes", "--state", folder, "--json", file], { from: "user" });
    expect(asked).toEqual([folder]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      holdfast: 1,
      end: "failed-over",
      from: "us-east-1",
      to: "us-west-2",
      planned: true,
      stages: [{ name: "promote", ms: 20 }],
    });
    expect(process.exitCode).toBe(0);
  });

  test("fail back to the first region, whatever serves", async () => {
    const away = { ...WELL, active: "us-west-2" };
    const here = found(away, finished);
    await failbackCommand(async () => here).parseAsync(["--local", "--yes"], { from: "user" });
    expect(here.told).toEqual([{ what: "switchover", to: "us-east-1" }]);
  });

  test("exit with 1 where it is refused, and tell nothing where only a look is asked for", async () => {
    const refused = found(WELL, [decision("refused", "a rejoin is under way")]);
    await failoverCommand(async () => refused).parseAsync(["--local", "--yes"], { from: "user" });
    expect(process.exitCode).toBe(1);
    const looked = found(WELL, finished);
    await failoverCommand(async () => looked).parseAsync(["--local", "--dry-run"], { from: "user" });
    expect(looked.told).toEqual([]);
    expect(process.exitCode).toBe(0);
  });

  test("say no without a question", async () => {
    const here = found({ ...LOST, asked: true }, [decision("declined", "it is waited for")]);
    await failoverCommand(async () => here).parseAsync(["--local", "--decline"], { from: "user" });
    expect(here.told).toEqual([{ what: "answer", approved: false }]);
    expect(process.exitCode).toBe(0);
  });
});
