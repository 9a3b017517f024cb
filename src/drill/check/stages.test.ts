import { expect, test } from "vitest";
import type { WorldEvent } from "../../base/journal.ts";
import type { Recording } from "./recording.ts";
import { checkStages } from "./stages.ts";

const decided = (at: number, what: string): WorldEvent => {
  return { kind: "decision", at, component: "api", what, subject: "api" };
};
const unseen = (at: number, instance: string): WorldEvent => {
  return { kind: "sight", at, observer: "z1", instance, component: "api", ok: false };
};
const started = (at: number, subject: string): WorldEvent => {
  return { kind: "act", at, component: "api", act: "start", subject, ok: true, tookMs: 100 };
};
const lacking: WorldEvent = { kind: "redundancy", at: 3_000, component: "api", region: "r", full: false };

/** Only what these figures look at: struck at 1,000. */
function recording(world: readonly WorldEvent[]): Recording {
  const drill = { documentedMs: { api: 45_000 } };
  return { faultAt: 1_000, secondBlow: null, healedAt: 20_000, world, drill } as unknown as Recording;
}

test("a spike is noticed when more tasks are asked for, whatever is seen of those that start", () => {
  const grown = [decided(3_000, "scaled-out"), lacking, started(3_200, "api-2"), unseen(3_700, "api-2")];
  const stages = checkStages(recording([...grown, decided(6_000, "scale-out-complete")]));
  expect(stages).toMatchObject([
    { name: "detect", from: 1_000, to: 3_000 },
    { name: "scale", class: "provider", from: 3_000, to: 6_000, documentedMs: 45_000 },
  ]);
});

test("a task that hangs is noticed when it is no longer seen, and not when its successor is not seen yet", () => {
  const replaced = [unseen(2_000, "api-1"), lacking, started(2_200, "api-2"), unseen(2_700, "api-2")];
  expect(checkStages(recording(replaced))).toMatchObject([{ name: "detect", to: 2_000 }]);
});
