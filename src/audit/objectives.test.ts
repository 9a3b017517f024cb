import { describe, expect, test } from "vitest";
import { readObjectives } from "./objectives.ts";

describe("a file of objectives", () => {
  test("is read in the words of a definition, and an objective for a region asks for more than one", () => {
    const { objectives, problems } = readObjectives({
      availability: "99.99%",
      peak: "500 requests/second",
      zone: { rto: "1 minute" },
      region: { rto: "15 minutes", rpo: "30 seconds" },
      tier: 0,
    });
    expect(problems).toEqual([]);
    expect(objectives).toMatchObject({
      availability: expect.closeTo(0.9999, 9) as number,
      zoneRtoMs: 60_000,
      peak: 500,
      regionRtoMs: 900_000,
      regionRpoMs: 30_000,
      multiRegion: true,
      tier0: true,
    });
  });

  test("without a word about regions leaves it open whether there must be two", () => {
    expect(readObjectives({ zone: { rto: "1 minute" } }).objectives.multiRegion).toBeNull();
    expect(readObjectives({ region: { rto: "1 minute" }, multiRegion: false }).objectives.multiRegion).toBe(false);
  });

  test("tells all that is wrong with it at once", () => {
    const { problems } = readObjectives({ region: { rto: "soon" }, zones: 3, availability: 99.99, peak: "many" });
    expect(problems.map(({ code, at }) => [code, at])).toEqual([
      ["AUD-007", "region.rto"],
      ["AUD-007", "zones"],
      ["AUD-007", "availability"],
      ["AUD-007", "peak"],
    ]);
    expect(problems[0]).toMatchObject({
      message: '"soon" is not read as region.rto',
      fix: 'write it like "15 minutes"',
    });
  });
});
