import { describe, expect, test } from "vitest";
import { shopTopology } from "../../../test/support/shop-topology.ts";
import { designOf } from "./design.ts";
import { simpleModel } from "./fixture.ts";
import { simulate, tallyYears } from "./simulate.ts";
import { startPlayers } from "./threads.ts";

const MACHINE = { id: "machine", zones: [null], needed: 1, perYear: 20, repairMs: [60_000, 3_600_000] } as const;

describe("years on several threads", () => {
  test("the document is the same, byte for byte, whether one thread plays, two or four", async () => {
    const design = designOf(await shopTopology("primary"));
    const play = async (threads: number): Promise<string> =>
      JSON.stringify(await simulate({ design, years: 80, seed: 1, threads }));
    const alone = await play(1);
    expect(await play(2)).toBe(alone);
    expect(await play(4)).toBe(alone);
  });

  test("how far it is is told in order, though the years end in any", async () => {
    const players = startPlayers(2);
    const told: number[] = [];
    const onProgress = async (years: number): Promise<void> => void told.push(years);
    const tally = await tallyYears(simpleModel([MACHINE]), { years: 130, seed: "1", players, onProgress });
    await players.close();
    expect(told).toEqual([25, 50, 75, 100, 125, 130]);
    expect(tally).toEqual(await tallyYears(simpleModel([MACHINE]), { years: 130, seed: "1" }));
  });

  test("fails with what a thread fails with, whatever it is asked for next", async () => {
    const players = startPlayers(2);
    const broken = { ...simpleModel([MACHINE]), parts: new Map() };
    const play = (): Promise<unknown> => players.play({ model: broken, seed: "1", years: 1 });
    const ends = await Promise.allSettled([play(), play(), play(), play(), play()]);
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
    expect(ends[0]).toMatchObject({ reason: { message: expect.stringContaining("kind") } });
    await players.close();
  });
});
