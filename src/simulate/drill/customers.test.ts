import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import type { Journey } from "../../topology/topology.ts";
import { type Play, playCustomers } from "./customers.ts";

const order: Journey = {
  id: "order",
  durability: "acknowledged",
  write: { method: "POST", path: "/orders" },
  read: { method: "GET", path: "/orders/{key}" },
  module: null,
  weight: 1,
  needs: ["api"],
};
const customers = { rate: 50, attempts: 3, attemptMs: 1_000, backoffMs: [200, 400], readShare: 1 / 3 };
const well = { ok: true, tookMs: 5 };
const refused = { ok: false, tookMs: 5 };

function play(told: Partial<Play>): ReturnType<typeof playCustomers> {
  const random = seededRandom(1);
  return playCustomers({
    journeys: [order],
    customers,
    untilMs: 12_000,
    slowAfterMs: 120,
    random,
    attempt: () => well,
    ...told,
  });
}

describe("customers in virtual time", () => {
  test("have no outage where every attempt is answered", () => {
    const { recoveryTimeMs, failed, operations } = play({}).get("order")!; // the only journey
    expect({ recoveryTimeMs, failed }).toEqual({ recoveryTimeMs: 0, failed: 0 });
    expect(operations).toBeGreaterThan(500);
  });

  test("have none either where the second attempt helps, however slow it makes them", () => {
    const first = new Set<number>();
    const attempt: Play["attempt"] = ({ customer }) => {
      if (first.has(customer)) return well;
      first.add(customer);
      return refused;
    };
    expect(play({ attempt }).get("order")).toMatchObject({ recoveryTimeMs: 0, failed: 0 });
  });

  test("are steady again right after an outage that refuses them", () => {
    const attempt: Play["attempt"] = ({ at }) => (at >= 0 && at < 2_000 ? refused : well);
    const { recoveryTimeMs, failed } = play({ attempt }).get("order")!; // the only journey
    expect(recoveryTimeMs).toBeGreaterThan(1_850);
    expect(recoveryTimeMs).toBeLessThanOrEqual(2_000);
    expect(failed).toBeGreaterThan(60);
  });

  test("wait a second for each answer that does not come, and are slow until the last of them has it", () => {
    const sent: number[] = [];
    const attempt: Play["attempt"] = ({ at, turn }) => {
      if (turn === 0) sent.push(at);
      return at >= 0 && at < 4_000 ? { ok: false, tookMs: 60_000 } : well;
    };
    const { recoveryTimeMs } = play({ attempt }).get("order")!; // the only journey
    expect(recoveryTimeMs).toBeGreaterThan(3_900);
    expect(recoveryTimeMs).toBeLessThanOrEqual(4_000);
  });

  test("go on to the next address after silence, and stay where they were told no", () => {
    const turns = new Set<number>();
    const silent: Play["attempt"] = ({ turn, at }) => {
      if (at >= 0) turns.add(turn);
      return { ok: false, tookMs: 2_000 };
    };
    play({ attempt: silent });
    expect([...turns].toSorted()).toEqual([0, 1, 2]);
    turns.clear();
    play({ attempt: ({ turn }) => (turns.add(turn), refused) });
    expect([...turns]).toEqual([0]);
  });

  test("are never steady in an outage without an end", () => {
    expect(play({ attempt: () => refused }).get("order")?.recoveryTimeMs).toBeNull();
  });

  test("are held to the heal where a journey cannot work before", () => {
    const attempt: Play["attempt"] = ({ at }) => (at >= 0 && at < 500 ? refused : well);
    const { recoveryTimeMs } = play({ attempt, steadyFrom: () => 5_000 }).get("order")!; // the only journey
    expect(recoveryTimeMs).toBe(5_000);
  });

  test("are told to the world in the order in which they ask", () => {
    const sent: number[] = [];
    play({ attempt: ({ at }) => (sent.push(at), refused) });
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  });

  test("come as a journey's weight has it, and as often as a crowd does", () => {
    const browse: Journey = { ...order, id: "browse", write: null, weight: 3 };
    const played = play({ journeys: [order, browse] });
    const share = played.get("browse")!.operations / played.get("order")!.operations; // both are played
    expect(share).toBeGreaterThan(2.3);
    expect(share).toBeLessThan(3.9);
    const crowd = play({ crowd: (at) => (at > 0 ? 5 : 1) }).get("order")?.operations ?? 0;
    expect(crowd / (play({}).get("order")?.operations ?? 1)).toBeGreaterThan(4);
  });

  test("do the same again with the same seed, and something else with another", () => {
    const attempt: Play["attempt"] = ({ at }) => (at >= 0 && at < 2_000 ? refused : well);
    const played = (seed: number) => play({ attempt, random: seededRandom(seed) }).get("order");
    expect(played(7)).toEqual(played(7));
    expect(played(7)).not.toEqual(played(8));
  });
});
