import { describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import type { WorldEvent } from "../../base/journal.ts";
import type { BackedUp } from "../../world/backup.ts";
import { EventHub } from "../event-hub.ts";
import { type BackupsAtHand, backUpHand, limitOfBackups } from "./back-up.ts";

/** Backups of which one is under way; with what is told of them. */
function kept(trial: { offered: readonly string[]; damages: readonly unknown[] }) {
  const events = new EventHub();
  const told: unknown[] = [];
  events.watch((event: WorldEvent) => event.kind === "decision" && told.push([event.what, event.detail]));
  const ended = Promise.withResolvers<BackedUp>();
  const leading = {
    beginBackup: async () => ({ id: "first", ended: ended.promise }),
    prove: async () => ({ ...trial, rows: 12 }),
  };
  const backups = { kept: true, leading: () => leading } as unknown as BackupsAtHand;
  return { hand: backUpHand(backups, { clock: systemClock, events }), ended, told };
}

const BACK_UP = { kind: "back-up", component: "db" } as const;

describe("a backup that is begun as part of a fault", () => {
  test("is told of when it ends, and that it was broken off where it was", async () => {
    const well = kept({ offered: [], damages: [] });
    await well.hand.do(BACK_UP, "f");
    expect(well.told).toEqual([]);
    well.ended.resolve({} as BackedUp);
    await systemClock.sleep(1);
    expect(well.told).toEqual([["backed-up", "first"]]);
    const broken = kept({ offered: [], damages: [] });
    await broken.hand.do(BACK_UP, "f");
    broken.ended.reject(new Error("its primary was lost"));
    await systemClock.sleep(1);
    expect(broken.told).toEqual([["backup-broken-off", "first: its primary was lost"]]);
  });

  test("is unsound where it is offered although it was broken off, or where anything is damaged", async () => {
    const undone = async (trial: Parameters<typeof kept>[0]): Promise<unknown> => {
      const { hand, ended, told } = kept(trial);
      await hand.do(BACK_UP, "f");
      ended.reject(new Error("lost"));
      await systemClock.sleep(1);
      await hand.undo(BACK_UP, "f");
      return told.at(-1);
    };
    expect(await undone({ offered: ["zeroth", "next"], damages: [] })).toEqual(["backup-proved", "next: 12 rows"]);
    expect(await undone({ offered: ["first", "next"], damages: [] })).toEqual([
      "backup-unsound",
      "base/first is half a backup",
    ]);
    const missing = { part: "log/0001", damage: "missing", why: "it is not there" };
    expect(await undone({ offered: ["next"], damages: [missing] })).toEqual([
      "backup-unsound",
      "log/0001 is missing (it is not there)",
    ]);
  });
});

test("what is done with backups cannot be done where none are kept", async () => {
  expect(await limitOfBackups({ kept: true })).toBeNull();
  expect(await limitOfBackups({ kept: false })).toContain("keeps no backups");
});
