import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { createFixture } from "../../../test/support/fixture.ts";
import { freeAddress } from "../../../test/support/free-port.ts";
import { systemClock } from "../../base/clock.ts";
import { silentHost } from "../../base/host.ts";
import type { Context } from "../context.ts";
import { RegionPlane, type RegionPlaneEvents } from "./region-plane.ts";

const settings = {
  maxReceives: 5,
  visibilityTimeoutMs: 30_000,
  retentionMs: 345_600_000,
  deadLetterQueue: "orders-dead-letters",
  deadLetterRetentionMs: 1_209_600_000,
};

test("a process beside the zones that starts again goes on stranding what is left of it", async () => {
  await using fixture = createFixture();
  const context = {
    clock: systemClock,
    host: silentHost,
    spawner: fixture.spawner,
    pace: { name: "fast", factor: 10 },
    topology: { components: [{ id: "orders", kind: "queue", settings }] },
    plan: { region: { name: "r1", zones: [] }, queueService: { listen: await freeAddress("127.79.2.13") } },
    state: {
      path: fixture.directory,
      file: (...names: string[]) => join(fixture.directory, ...names),
      logFile: (name: string) => join(fixture.directory, `${name}.log`),
    },
  } as unknown as Context;
  const events = { deadLettered: () => undefined } as unknown as RegionPlaneEvents;
  const zone = (): never => {
    throw new Error("there is no zone");
  };
  const plane = new RegionPlane(context, events, { zone, observing: () => null, vantage: null });
  fixture.onEnd(() => plane.stop());
  const put = async (...bodies: readonly string[]): Promise<void> =>
    void (await plane.beside?.request("put", { queue: "orders", bodies }));
  const depths = async (): Promise<unknown> => (await plane.queueDepths())[0];
  await plane.start([]);
  await put("one");
  await plane.strand("orders", 2);
  expect(await depths()).toMatchObject({ pending: 0, stranded: 1 });

  const first = plane.pids()["region r1"]!; // it runs
  process.kill(first, "SIGKILL");
  await eventually(async () => plane.pids()["region r1"] !== first && (await depths()) !== undefined, {
    within: "20 seconds",
  });
  await put("two", "three");
  await plane.strand("orders", 0); // looks at what came
  expect(await depths()).toMatchObject({ pending: 1, stranded: 2 });
  expect(await plane.redrive("orders")).toBe(2);
  expect(await depths()).toMatchObject({ pending: 3, stranded: 0 });
});
