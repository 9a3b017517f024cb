import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { type DatabaseRig, createDatabaseRig, startDatabaseRig } from "../support/database-rig.ts";
import { eventually } from "../support/eventually.ts";
import { type FailoverRig, runFailover } from "../support/failover-rig.ts";
import { createFixture } from "../support/fixture.ts";
import { createWrites, startWriter, writesOn } from "../support/writer.ts";

const BOTH_WAYS = [
  ["a", "b"],
  ["b", "a"],
] as const;

/**
 * A is the primary, and a commit waits for any one of B and C. B loses A, C does not, and A cannot be commanded.
 * Whoever promotes B while C still acknowledges for A loses what A acknowledges from then on.
 */
describe("a primary that some lost sight of", () => {
  test.for([
    { cut: true, net: 10, what: "cut off from B" },
    { cut: false, net: 12, what: "cut off from nobody but the observers" },
  ])("acknowledges nothing more once another was promoted: $what", async ({ cut, net }, { annotate }) => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, net);
    const control = runFailover(fixture, rig);
    await redundant(control, "database-a");
    await createWrites(rig, "a");
    const onA = await startWriter(rig, "a", "a");
    await eventually(() => onA.acknowledged.length > 50, { within: "10 seconds" });

    if (cut) for (const [from, to] of BOTH_WAYS) rig.link(from, to).cut();
    const lostAt = systemClock.now();
    control.see({ kind: "zone", zone: "a", reachable: false });
    control.see({ kind: "sight", observer: "b", member: "database-a", ok: false });
    control.see({ kind: "sight", observer: "c", member: "database-a", ok: false });
    await eventually(() => control.state().primary !== "database-a", { within: "10 seconds" });
    const promoted = control.state().primary.slice(-1) as "b" | "c";
    const onNew = await startWriter(rig, promoted, "new");
    const acknowledgedByThen = onA.acknowledged.length;
    await eventually(() => onNew.acknowledged.length > 50, { within: "10 seconds" });
    await annotate(timeline(control, lostAt));
    // A still runs and has a client that waits; it never hears back.
    expect(rig.members.a.process()).not.toBeNull();
    expect(onA.failure()).toBeUndefined();
    expect(onA.acknowledged.length).toBe(acknowledgedByThen);

    for (const [from, to] of BOTH_WAYS) rig.link(from, to).heal();
    control.see({ kind: "zone", zone: "a", reachable: true });
    await redundant(control, `database-${promoted}`);
    onNew.stop();
    const acknowledged = [...onA.acknowledged, ...onNew.acknowledged];
    for (const zone of ["a", "b", "c"] as const) expect(await lostOn(rig, zone, acknowledged)).toEqual([]);
    expect(onA.failure()).toBeDefined();
  });

  test("acknowledges a write that is lost when another is promoted without holding the rest", async () => {
    await using fixture = createFixture();
    const rig = await createDatabaseRig(fixture, 11);
    await startDatabaseRig(rig);
    await createWrites(rig, "a");
    for (const [from, to] of BOTH_WAYS) rig.link(from, to).cut();
    const { members, direct } = rig;
    await members.b.hold(direct.b);
    await members.b.promote(direct.b, ["database-a", "database-c"]);
    const onA = await startWriter(rig, "a", "a");
    await eventually(() => onA.acknowledged.length > 10, { within: "10 seconds" });
    const behind = await members.c.follow(direct.c, rig.link("c", "b").listen);
    if (behind === "diverged") await members.c.reseed(rig.link("c", "b").listen);
    onA.stop();
    expect(behind).toBe("diverged");
    expect((await lostOn(rig, "b", onA.acknowledged)).length).toBeGreaterThan(10);
    expect((await lostOn(rig, "c", onA.acknowledged)).length).toBeGreaterThan(10);
  });
});

async function redundant(control: FailoverRig, primary: string): Promise<void> {
  for (const observer of ["a", "b", "c"]) control.see({ kind: "sight", observer, member: primary, ok: true });
  await eventually(() => control.state().redundant && control.state().primary === primary, { within: "20 seconds" });
}

/** Acknowledged keys that a member does not hold. */
async function lostOn(rig: DatabaseRig, zone: "a" | "b" | "c", acknowledged: readonly string[]): Promise<string[]> {
  const held = await writesOn(rig, zone);
  return acknowledged.filter((key) => !held.has(key));
}

/** What the controller did since `from`, an act or a decision each with its time. */
function timeline(control: FailoverRig, from: number): string {
  const late = control.log.filter(({ at }) => at >= from);
  return late.map(({ what, at }) => `${Math.round(at - from)} ms ${what}`).join(", ");
}
