import { describe, expect, test } from "vitest";
import { OUTSIDE } from "../world/primitive.ts";
import type { RecoveryStatus } from "../world/recovery.ts";
import type { Status } from "../world/world.ts";
import { FAULTS, findFault } from "./catalogue.ts";
import { inTwoRegions, shopInOneRegion } from "./fixture/shop.ts";
import { aim } from "./target.ts";

const topology = inTwoRegions(shopInOneRegion());
const REGION_FAULTS = FAULTS.filter(({ blastClass }) => blastClass === "region");

/** `r1` or `r2` takes writes, and the other one stands ready or was given up. */
function status(active: "r1" | "r2", other: "standby" | "given-up" = "standby"): Status {
  const regions = ["r1", "r2"].map((name) => ({ name, role: name === active ? "active" : other }));
  const recovery = { active, plan: null, asked: false, regions, saved: [] } as unknown as RecoveryStatus;
  return { recovery, instances: [] } as unknown as Status;
}

const aimed = (name: string, target: string, now = status("r1")): ReturnType<typeof aim> =>
  aim(findFault(name), target, { topology, status: now });

/** Who cannot send to whom, or how slowly. */
function rulesOf(name: string, target = "active region"): string[] {
  return aimed(name, target).primitives.flatMap((primitive) => {
    if (primitive.kind !== "link") return [];
    const { from, to, effect, purposes } = primitive.rule;
    const place = ({ region, zone }: typeof from): string => region ?? zone ?? "all";
    return [`${place(from)} ${place(to)} ${effect.kind}${purposes ? ` ${purposes.join()}` : ""}`];
  });
}

describe("a fault of regions", () => {
  test("strikes the region that takes writes when it strikes, or the one that stands ready", () => {
    expect(aimed("region-loss", "active region").primitives).toEqual([{ kind: "region-power-off", region: "r1" }]);
    expect(aimed("region-loss", "active region", status("r2")).subject).toBe("r2");
    expect(aimed("standby-region-loss", "standby region", status("r2")).subject).toBe("r1");
    expect(aimed("region-loss", "r2").subject).toBe("r2");
  });

  test("rejects a standby where the other region was given up", () => {
    expect(() => aimed("switchover", "standby region", status("r1", "given-up"))).toThrow("no standby region now");
  });

  test("has nothing to strike in one region, and says what to start the system with", () => {
    const one = shopInOneRegion();
    for (const fault of REGION_FAULTS) {
      expect(fault.targets(one), fault.name).toEqual([]);
      const attempt = (): unknown => aim(fault, "active region", { topology: one, status: status("r1") });
      expect(attempt, fault.name).toThrow(expect.objectContaining({ fix: expect.stringContaining("--regions all") }));
    }
  });
});

describe("the way between regions", () => {
  test("is cut both ways by a partition, and the world outside is not", () => {
    expect(rulesOf("region-partition")).toEqual(["r1 r2 black-hole", "r2 r1 black-hole"]);
    expect(rulesOf("region-partition-one-way")).toEqual(["r1 r2 black-hole"]);
  });

  test("is cut with that to the outside where a region is isolated, and not within it", () => {
    const rules = ["r1 r2 black-hole", "r2 r1 black-hole", `r1 ${OUTSIDE} black-hole`, `${OUTSIDE} r1 black-hole`];
    expect(rulesOf("region-isolated")).toEqual(rules);
    expect(rulesOf("region-flapping")).toEqual(rules);
  });

  test("carries everything but replication while that is paused, until the region is lost", () => {
    expect(rulesOf("replication-paused")).toEqual(["r1 r2 black-hole replication", "r2 r1 black-hole replication"]);
    expect(findFault("replication-paused").then?.primitives(topology, "r1")).toEqual([
      { kind: "region-power-off", region: "r1" },
    ]);
  });
});

test("a failback is a switchover to the other region and back to the first", () => {
  const { primitives, subject } = aimed("failback", "standby region");
  const back = findFault("failback").then?.primitives(topology, subject);
  expect([...primitives, ...(back ?? [])]).toEqual(
    ["r2", "r1"].map((to) => ({ kind: "recover", command: { what: "switchover", to } })),
  );
});

test("what a region's own copy cannot prove is not claimed where backups are what is left", () => {
  const kinds = (recovery: "warm-standby" | "backup-restore"): string[] =>
    findFault("region-loss").expects!(inTwoRegions(shopInOneRegion(), recovery), "r1") // it has expectations
      .claims.map(({ claim }) => claim.kind);
  expect(kinds("warm-standby")).toContain("within-lag");
  expect(kinds("backup-restore")).not.toContain("within-lag");
  expect(findFault("replication-paused").targets(inTwoRegions(shopInOneRegion(), "backup-restore"))).toEqual([]);
});
