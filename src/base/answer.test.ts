import { expect, test } from "vitest";
import { type Answer, agreed, every, not, some } from "./answer.ts";

const ANSWERS: readonly Answer[] = ["yes", "no", "unknown"];

test("an unknown is taken for neither, unless the others decide without it", () => {
  expect(ANSWERS.map((answer) => every([answer, "unknown"]))).toEqual(["unknown", "no", "unknown"]);
  expect(ANSWERS.map((answer) => some([answer, "unknown"]))).toEqual(["yes", "unknown", "unknown"]);
  expect(ANSWERS.map(not)).toEqual(["no", "yes", "unknown"]);
});

test("all of several values agree only where they say the same", () => {
  expect(ANSWERS.map((answer) => agreed([answer, answer]))).toEqual(ANSWERS);
  expect(ANSWERS.map((answer) => agreed([answer, "yes"]))).toEqual(["yes", "unknown", "unknown"]);
  expect(agreed([])).toBe("unknown");
});

test("of none, all are yes and any is no", () => {
  expect([every([]), some([])]).toEqual(["yes", "no"]);
});
