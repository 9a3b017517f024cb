import * as fc from "fast-check";
import { expect, test } from "vitest";
import { auditText, mutated, seedTexts } from "../../../test/support/audit-mutation.ts";
import { seededRandom } from "../../base/random.ts";

/** The bench `audit-fuzz` does the same ten thousand times, with a limit of time for each. */
test("no text crashes the audit, or gets a finding that cannot be", async () => {
  const seeds = seedTexts();
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const { broken } = await auditText(mutated(seeds, seededRandom(seed)));
      expect(broken).toEqual([]);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

test("templates as people write them are read without a problem", async () => {
  for (const text of seedTexts()) {
    const { resources, problems, broken } = await auditText(text);
    expect({ isRead: resources > 0, problems, broken }, text).toEqual({ isRead: true, problems: 0, broken: [] });
  }
});
