import { expect, test } from "vitest";
import { leaseTerms } from "./region-spec.ts";
import { PACES } from "./timing.ts";

test.each(Object.values(PACES))("at pace $name a lease outlives three renewals that fail", (pace) => {
  const { leaseMs, clockBoundMs, renewEveryMs } = leaseTerms(pace);
  // The one before them may have been asked for as late as it is due.
  expect(leaseMs - clockBoundMs).toBeGreaterThan(3 * renewEveryMs);
});

test("a lease is seconds at AWS's pace, and at the fast one as short as a busy machine bears", () => {
  expect(leaseTerms(PACES.aws)).toEqual({ leaseMs: 4_000, clockBoundMs: 100, renewEveryMs: 1_000 });
  expect(leaseTerms(PACES.fast)).toEqual({ leaseMs: 1_000, clockBoundMs: 25, renewEveryMs: 250 });
});
