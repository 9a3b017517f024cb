import { describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import type { WorldEvent } from "../../base/journal.ts";
import type { QueueFault } from "../engine/queue-calls.ts";
import { EventHub } from "../event-hub.ts";
import { poisonHand } from "./poison.ts";
import { serviceFaultHand } from "./service-fault.ts";
import { strandHand } from "./strand.ts";

test("faults of queues add up, and each is undone by itself", async () => {
  const orders: (readonly QueueFault[])[] = [];
  const hand = serviceFaultHand({ applyQueueFaults: async (faults) => void orders.push(faults) });
  const down = { kind: "service-fault", queue: "orders", effect: { kind: "unavailable" } } as const;
  const [slow, sameAgain] = [500, 500].map(
    (delayMs) => ({ kind: "service-fault", queue: "orders", effect: { kind: "slow", delayMs } }) as const,
  );
  await hand.do(down, "a");
  await hand.do(slow!, "b"); // there are two
  await hand.do(sameAgain!, "c");
  await hand.undo(down, "a");
  await hand.undo(slow!, "b");
  expect(orders.map((each) => each.map(({ effect }) => effect.kind))).toEqual([
    ["unavailable"],
    ["unavailable", "slow"],
    ["unavailable", "slow", "slow"],
    ["slow", "slow"],
    ["slow"],
  ]);
});

describe("what is done to messages", () => {
  const asked: unknown[] = [];
  const region = {
    request: async (kind: string, body: unknown) => (asked.push([kind, body]), null) as never,
  };

  test("is done by the process that holds them, and a redrive says how many came back", async () => {
    const events = new EventHub();
    const seen: WorldEvent[] = [];
    events.watch((event) => seen.push(event));
    const plane = {
      beside: region,
      strand: async (queue: string, messages: number) => void asked.push(["strand", { queue, messages }]),
      redrive: async (queue: string) => (asked.push(["redrive", { queue }]), 2),
    };
    const strand = strandHand(plane, { clock: systemClock, events });
    await poisonHand({ beside: region }).do({ kind: "poison", queue: "orders", body: "{" }, "a");
    await strand.do({ kind: "strand", queue: "orders", messages: 1 }, "a");
    expect(seen).toEqual([]);
    await strand.undo({ kind: "strand", queue: "orders", messages: 1 }, "a");
    expect(asked).toEqual([
      ["poison", { queue: "orders", body: "{" }],
      ["strand", { queue: "orders", messages: 1 }],
      ["redrive", { queue: "orders" }],
    ]);
    expect(seen).toMatchObject([{ kind: "decision", component: "orders", what: "redriven", detail: "2 messages" }]);
  });

  test("cannot be done while that process is away", async () => {
    const gone = poisonHand({ beside: null }).do({ kind: "poison", queue: "orders", body: "{" }, "a");
    await expect(gone).rejects.toThrow('"queue service" has no process now');
  });
});
