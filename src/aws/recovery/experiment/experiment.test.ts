import { describe, expect, test } from "vitest";
import { type WatchRig, shipWatched, shopOf } from "../../../../test/support/watch-rig.ts";
import { FAULTS } from "../../../fault/catalogue.ts";
import { experimentsOf } from "./catalogue.ts";
import { KNOWN_ACTIONS, permissionsFor } from "./permission.ts";

const TYPE = "AWS::FIS::ExperimentTemplate";

interface Action {
  readonly ActionId: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly StartAfter?: readonly string[];
}

function actionsOf(rig: WatchRig, id: string): Record<string, Action> {
  return rig.watched(TYPE)[id]?.Properties.Actions;
}

/**
 * Faults of the catalogue that are no experiment, and why. A new fault that FIS can carry out must be one, or be here.
 */
const NOT_SHIPPED: Readonly<Record<string, string>> = {
  "failover-during-backup": "its only action is that of database-crash; a backup is begun beside it by hand",
  "stale-writer": "the same failover as database-crash: what is stale is a client's",
  "double-fault": "two experiments after each other",
  "observers-blind": "AWS observes its databases itself",
  "zone-partition-one-way": "FIS closes a subnet both ways",
  "region-partition": "FIS cuts the routes of subnets, and copies of databases do not go over them",
};

/** Faults whose nearest action of FIS depends on what carries the system, so that the shop has none. */
const ELSEWHERE = ["disk-full", "database-zombie"];

describe("experiments", () => {
  const rig = shipWatched();
  const templates = rig.watched(TYPE);

  test("are there for every fault of the catalogue that FIS can carry out", () => {
    const shipped = new Set(experimentsOf(rig.sites[0]!).map(({ fault }) => fault));
    const missing = FAULTS.filter(({ name, fisAction }) => fisAction !== null && !shipped.has(name)).map(
      ({ name }) => name,
    );
    expect(missing.sort()).toEqual([...Object.keys(NOT_SHIPPED), ...ELSEWHERE].sort());
    for (const fault of shipped) expect(FAULTS.map(({ name }) => name)).toContain(fault);
  });

  test("use the action that the catalogue names, or are the scenario that it names", () => {
    const nearer: Readonly<Record<string, string>> = {
      "dependency-slow": "aws:ecs:task-network-latency", // slows, where the catalogue's only cuts
    };
    for (const { fault, actions } of experimentsOf(rig.sites[0]!)) {
      const named = nearer[fault] ?? FAULTS.find(({ name }) => name === fault)?.fisAction ?? "";
      const ids = Object.values(actions).map(({ actionId }) => actionId);
      if (named.startsWith("aws:")) expect(ids, fault).toContain(named);
    }
  });

  test("stop when customers are hurt, by five alarms at most, and are logged", () => {
    for (const [id, { Properties }] of Object.entries(templates)) {
      expect(Properties.StopConditions, id).toEqual(
        ["ApiErrorsAlarm", "ApiLatencyAlarm"].map((alarm) => ({
          Source: "aws:cloudwatch:alarm",
          Value: { "Fn::GetAtt": [alarm, "Arn"] },
        })),
      );
      expect(Properties.LogConfiguration.LogSchemaVersion).toBe(2);
    }
  });

  test("name only targets that they have, and have none that no action names", () => {
    for (const [id, { Properties }] of Object.entries(templates)) {
      const named = Object.values(Properties.Actions as Record<string, { Targets?: Record<string, string> }>).flatMap(
        ({ Targets }) => Object.values(Targets ?? {}),
      );
      expect([...new Set(named)].sort(), id).toEqual(Object.keys(Properties.Targets).sort());
    }
  });

  test("of a zone's loss stop tasks, cut the zone off, fail writers over, and shift traffic away after a while", () => {
    for (const letter of ["A", "B", "C"]) {
      const actions = actionsOf(rig, `ZoneLossZone${letter}Experiment`);
      expect(Object.values(actions).map(({ ActionId }) => ActionId)).toEqual([
        "aws:ecs:stop-task",
        "aws:network:disrupt-connectivity",
        "aws:rds:failover-db-cluster",
        "aws:elasticache:replicationgroup-interrupt-az-power",
        "aws:fis:wait",
        "aws:arc:start-zonal-autoshift",
      ]);
      expect(actions["shift"]?.StartAfter).toEqual(["wait"]);
      expect(actions["wait"]?.Parameters).toEqual({ duration: "PT5M" });
    }
  });

  test("leave out what has no target where they have several parts, and say so where they have one", () => {
    const mode = (id: string) => templates[id]?.Properties.ExperimentOptions.EmptyTargetResolutionMode;
    expect(mode("ZoneLossZoneAExperiment")).toBe("skip");
    expect(mode("TaskCrashApiExperiment")).toBe("fail");
  });

  test("on instances stop those too and let none be launched, fill disks, and pause volumes", () => {
    const other = shipWatched(
      shopOf({
        services: { api: { run: "node server.js", health: "/healthz", platform: "ec2", uses: ["scratch"] } },
        volumes: { scratch: { size: "20 GiB" } },
      }),
    );
    const ids = Object.values(actionsOf(other, "ZoneLossZoneAExperiment")).map(({ ActionId }) => ActionId);
    expect(ids).toEqual(
      expect.arrayContaining(["aws:ec2:stop-instances", "aws:ec2:asg-insufficient-instance-capacity-error"]),
    );
    expect(Object.keys(other.watched(TYPE))).toEqual(
      expect.arrayContaining(["DiskFullExperiment", "DatabaseZombieVolumesExperiment"]),
    );
  });

  test("are in each region that is deployed, and stop by the region's own alarms", () => {
    expect(Object.keys(rig.watched(TYPE, 1)).length).toBe(Object.keys(templates).length);
    expect(shipWatched(shopOf({ recovery: "backup-restore" })).watched(TYPE, 1)).toEqual({});
  });

  test("need permissions that are known, without a wildcard, and each statement once", () => {
    const site = rig.sites[0]!;
    const statements = permissionsFor(site, KNOWN_ACTIONS);
    const sids = statements.map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const { actions } of statements) for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
    for (const { actions } of experimentsOf(site)) {
      for (const { actionId } of Object.values(actions)) expect(KNOWN_ACTIONS).toContain(actionId);
    }
  });

  test("have a role for no more than what is struck here", () => {
    const policy = rig.watched("AWS::IAM::Role")["ExperimentsRole"]?.Properties.Policies[0];
    const actions: string[] = policy.PolicyDocument.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions).toContain("rds:FailoverDBCluster");
    expect(actions).not.toContain("ec2:StopInstances");
    expect(actions).not.toContain("rds:RebootDBInstance");
  });

  test("shift more balancers than FIS takes for one target in several actions, all at once", () => {
    const listening = { run: "node server.js", health: "/healthz" };
    const routes = { "/api/*": "api", "/b": "b", "/c": "c" };
    const many = shipWatched(
      shopOf({
        edge: { domain: "shop.example.com", hostedZoneId: "Z0123456789EXAMPLE", routes },
        services: {
          api: listening,
          b: listening,
          c: listening,
          worker: { run: "node worker.js", consumes: "orders", uses: ["api", "b", "c"] },
        },
      }),
    );
    const { Actions, Targets } = many.watched(TYPE)["ZonalShiftExperiment"]!.Properties;
    expect(Object.keys(Actions)).toEqual(["shift", "shift-2"]);
    expect(Actions["shift-2"].StartAfter).toBeUndefined();
    expect(Targets["balancers"].ResourceArns).toHaveLength(5);
    expect(Targets["balancers-2"].ResourceArns).toHaveLength(1);
  });
});
