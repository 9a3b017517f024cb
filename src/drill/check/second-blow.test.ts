import { expect, test } from "vitest";
import type { WorldEvent } from "../../base/journal.ts";
import type { Recording } from "./recording.ts";
import { checkReplaced } from "./replaced.ts";
import { checkStages } from "./stages.ts";

const replacing = (at: number, component = "api"): WorldEvent => ({
  kind: "decision",
  at,
  component,
  what: "replacing",
  subject: `${component}-z1`,
});
const unseen = (at: number): WorldEvent => ({
  kind: "sight",
  at,
  observer: "z2",
  instance: "api-z1",
  component: "api",
  ok: false,
});

/** Only what these figures look at: struck at 1,000, again at 6,000, healed at 10,000. */
function recording(world: readonly WorldEvent[], waitedFor: "detected" | "observed" | null): Recording {
  const secondBlow = waitedFor && { at: 6_000, waitedFor };
  return { faultAt: 1_000, secondBlow, healedAt: 10_000, world, drill: { documentedMs: {} } } as unknown as Recording;
}

test("replacements are counted by the blow that they followed, and those after the heal are not", () => {
  const world = [replacing(500), replacing(2_000), replacing(7_000), replacing(8_000), replacing(11_000)];
  expect(checkReplaced(recording(world, "observed"))).toEqual([{ component: "api", first: 1, second: 2 }]);
  expect(checkReplaced(recording(world, null))).toEqual([]);
});

test("what came to light only under the second blow was noticed that long after it", () => {
  const [stage] = checkStages(recording([unseen(7_000)], "observed"));
  expect(stage).toMatchObject({ name: "detect", component: "api", from: 6_000, to: 7_000 });
});

test("what was noticed of the first blow, or by a second that did not wait, counts from the first", () => {
  expect(checkStages(recording([unseen(2_000)], "observed"))[0]).toMatchObject({ from: 1_000, to: 2_000 });
  expect(checkStages(recording([unseen(7_000)], "detected"))[0]).toMatchObject({ from: 1_000, to: 7_000 });
});
