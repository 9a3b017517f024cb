import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { freeAddress } from "../../../test/support/free-port.ts";
import { systemClock } from "../../base/clock.ts";
import type { LinkRule } from "../../world/primitive.ts";
import { openBeacon } from "../beacon.ts";
import { WitnessClient } from "../lease/witness-client.ts";
import { LinkTable } from "../link/link-table.ts";
import type { FixedLink } from "../process/messages-zone.ts";
import { startVantage } from "./vantage.ts";

const within = { within: "10 seconds" } as const;
const ZONES = {
  "us-east-1": ["us-east-1a", "us-east-1b", "us-east-1c"],
  "us-west-2": ["us-west-2a", "us-west-2b"],
} as const;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function linkToBeacon(zone: string): Promise<FixedLink> {
  const address = await freeAddress();
  const beacon = await openBeacon(address);
  closing.push(() => beacon.close());
  const end = { zone, component: "zone", instance: null };
  return { listen: await freeAddress(), target: { address, end }, purpose: "observe" };
}

/** A vantage point in us-east-1, what it has said so far, and a way to take zones out of its sight. */
async function rig() {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-vantage-"));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  const regions = await Promise.all(
    Object.entries(ZONES).map(async ([region, zones]) => ({
      region,
      links: await Promise.all(zones.map(linkToBeacon)),
    })),
  );
  const links = new LinkTable({ zone: "us-east-1", clock: systemClock });
  closing.push(() => links.close());
  const listen = await freeAddress();
  const told: string[] = [];
  const vantage = await startVantage(
    {
      links: regions.flatMap((each) => each.links),
      watch: {
        regions: regions.map(({ region, links: own }) => ({ region, beacons: own.map((link) => link.listen) })),
        intervalMs: 20,
        timeoutMs: 250,
        threshold: 3,
      },
      witness: { listen, directory, leaseMs: 60_000 },
    },
    {
      clock: systemClock,
      links,
      onSight: (region, ok) => told.push(`${region} ${ok ? "seen" : "lost"}`),
    },
  );
  closing.push(vantage.close);
  const lose = (...zones: readonly string[]): Promise<void> =>
    links.setRules(zones.map((zone): LinkRule => ({ from: {}, to: { zone }, effect: { kind: "black-hole" } })));
  return { vantage, listen, told, lose };
}

describe("a vantage point", () => {
  test("loses sight of a region with most of its zones, not with one of three or of two", async () => {
    const { told, lose } = await rig();
    await eventually(() => told.includes("us-east-1 seen") && told.includes("us-west-2 seen"), within);
    await lose("us-east-1a", "us-west-2b");
    const before = told.length;
    // Everything is told again and again; three looks of 250 ms would have changed it.
    await eventually(() => told.length >= before + 4, within);
    expect(told.filter((each) => each.endsWith("lost"))).toEqual([]);
    await lose("us-east-1a", "us-east-1c", "us-west-2b");
    await eventually(() => told.includes("us-east-1 lost"), within);
    expect(told).not.toContain("us-west-2 lost");
    await lose("us-east-1a", "us-west-2a", "us-west-2b");
    await eventually(() => told.includes("us-west-2 lost"), within);
    const later = told.length;
    await eventually(() => told.indexOf("us-east-1 seen", later) >= later, within);
  });

  test("says again every second what it sees, for who could not hear it", async () => {
    const { told } = await rig();
    await eventually(() => told.filter((each) => each === "us-west-2 seen").length >= 3, within);
  });

  test("has the witness at its place, which holders ask and the control plane commands", async () => {
    const { vantage, listen } = await rig();
    const client = new WitnessClient(listen, systemClock);
    closing.push(() => client.close());
    expect(await client.ask("us-east-1", 5_000)).toBe(true);
    expect(vantage.witness({ do: "bar", region: "us-west-2" })).toEqual({ barred: true, holder: "us-east-1" });
    vantage.close();
    expect(await client.ask("us-east-1", 5_000)).toBe(false);
  });
});
