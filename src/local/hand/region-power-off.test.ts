import { expect, test } from "vitest";
import { FENCED, type Posture, SERVING, STANDING_READY } from "../region/posture.ts";
import { regionPowerOffHand } from "./region-power-off.ts";

/** What is done to a region of this posture when it has its power again. */
async function healed(posture: Posture): Promise<readonly string[]> {
  const done: string[] = [];
  const note = (what: string) => async (): Promise<void> => void done.push(what);
  const region = { posture, open: note("open"), fence: note("fence"), powerOff: note("power off") };
  await regionPowerOffHand(region).undo({ kind: "region-power-off", region: "r1" }, "region-loss-1");
  return done;
}

test("a region that was given up is fenced before it has its power again; one that may work is not", async () => {
  expect(await healed(FENCED)).toEqual(["fence", "open"]);
  expect(await healed(STANDING_READY["backup-restore"])).toEqual(["fence", "open"]); // nothing of it may run either
  for (const posture of [SERVING, STANDING_READY["pilot-light"], STANDING_READY["warm-standby"]]) {
    expect(await healed(posture)).toEqual(["open"]);
  }
});
