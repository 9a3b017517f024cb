import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type WatchRig, shipWatched, shopOf } from "../../../../test/support/watch-rig.ts";
import { planName } from "./plan.ts";
import { putsOf } from "./traffic.ts";

interface Step {
  readonly Name: string;
  readonly ExecutionBlockType: string;
  readonly ExecutionBlockConfiguration: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly WorkflowTargetAction: string;
  readonly WorkflowTargetRegion: string;
  readonly Steps: readonly Step[];
}

function planOf(rig: WatchRig) {
  const [plan] = Object.values(rig.recovery("AWS::ARCRegionSwitch::Plan"));
  return plan?.Properties;
}

function stepsTo(rig: WatchRig, action: string, region: string): readonly Step[] {
  const workflows = planOf(rig).Workflows as readonly Workflow[];
  const found = workflows.find((each) => each.WorkflowTargetAction === action && each.WorkflowTargetRegion === region);
  expect(found, `${action} ${region}`).toBeDefined();
  return found!.Steps;
}

const blocks = (steps: readonly Step[]): string[] => steps.map(({ ExecutionBlockType }) => ExecutionBlockType);

describe("the plan of a region switch", () => {
  test("scales first, moves the writer then, and the customers last, in both directions", () => {
    const rig = shipWatched();
    for (const region of ["us-east-1", "us-west-2"]) {
      expect(blocks(stepsTo(rig, "activate", region))).toEqual([
        "Parallel",
        "AuroraGlobalDatabase",
        "CustomActionLambda",
      ]);
    }
  });

  test("scales every service at once, to what the other region has; in an emergency half of it will do", () => {
    const [scale] = stepsTo(shipWatched(), "activate", "us-west-2");
    const { Steps } = scale!.ExecutionBlockConfiguration["ParallelConfig"] as { Steps: readonly Step[] };
    expect(Steps.map(({ Name }) => Name)).toEqual(["scale-api", "scale-worker"]);
    for (const step of Steps) {
      expect(step.ExecutionBlockConfiguration["EcsCapacityIncreaseConfig"]).toMatchObject({
        TargetPercent: 100,
        TimeoutMinutes: 15,
        Ungraceful: { MinimumSuccessPercentage: 50 },
      });
    }
  });

  test("scales Kubernetes' deployments, and is let into the clusters of both regions for their namespace alone", () => {
    const services = { api: { run: "node server.js", health: "/healthz", platform: "eks" } };
    const rig = shipWatched(shopOf({ services }));
    const [scale] = stepsTo(rig, "activate", "us-west-2");
    expect(scale?.ExecutionBlockType).toBe("EKSResourceScaling");
    expect(scale?.ExecutionBlockConfiguration["EksResourceScalingConfig"]).toMatchObject({
      ScalingResources: [
        {
          api: {
            "us-east-1": { Name: "api", Namespace: "shop", HpaName: "api" },
            "us-west-2": { Name: "api", Namespace: "shop", HpaName: "api" },
          },
        },
      ],
    });
    const [there] = Object.values(rig.recovery("AWS::EKS::AccessEntry"));
    expect(there?.Properties.AccessPolicies[0].AccessScope).toEqual({ Type: "namespace", Namespaces: ["shop"] });
    const [here] = Object.values(rig.watched("AWS::EKS::AccessEntry", 0));
    expect(here).toMatchObject({
      Condition: "RegionSwitchRoleArnIsTold",
      Properties: { PrincipalArn: { Ref: "RegionSwitchRoleArn" } },
    });
  });

  test("loses nothing of Aurora's unless told that the other region is gone", () => {
    const [, database] = stepsTo(shipWatched(), "activate", "us-west-2");
    expect(database?.ExecutionBlockConfiguration["GlobalAuroraConfig"]).toMatchObject({
      Behavior: "switchoverOnly",
      Ungraceful: { Ungraceful: "failover" },
      GlobalClusterIdentifier: "shop-production-database-us-east-1",
    });
  });

  test("promotes a plain engine's replica on the way to it, and never on the way back", () => {
    const rig = shipWatched(shopOf({ databases: { database: { engine: "postgresql" } } }));
    expect(blocks(stepsTo(rig, "activate", "us-west-2"))).toContain("RdsPromoteReadReplica");
    expect(blocks(stepsTo(rig, "activate", "us-east-1"))).not.toContain("RdsPromoteReadReplica");
  });

  test("lets nothing but people start it", () => {
    const plan = planOf(shipWatched());
    expect(plan.Triggers).toBeUndefined();
    const types = Object.values(plan.AssociatedAlarms as Record<string, { AlarmType: string }>);
    expect(types.map(({ AlarmType }) => AlarmType)).toEqual(["applicationHealth", "applicationHealth"]);
  });

  test("is held against the objective of the region", () => {
    expect(planOf(shipWatched()).RecoveryTimeObjectiveMinutes).toBe(15);
    expect(planOf(shipWatched(shopOf({ objectives: {} }))).RecoveryTimeObjectiveMinutes).toBeUndefined();
  });

  test("of regions that both serve leaves one and returns to it, and is another plan by name and id", () => {
    const [both, one] = [shipWatched(shopOf({ recovery: "active-active" })), shipWatched()];
    expect(blocks(stepsTo(both, "deactivate", "us-east-1"))).toEqual([
      "Parallel",
      "AuroraGlobalDatabase",
      "CustomActionLambda",
    ]);
    expect(blocks(stepsTo(both, "activate", "us-east-1"))).toEqual(["Parallel", "CustomActionLambda"]);
    expect(planOf(both).RecoveryApproach).toBe("activeActive");
    expect(planOf(both).PrimaryRegion).toBeUndefined();
    expect(planOf(both).Name).not.toBe(planOf(one).Name);
    const ids = [both, one].flatMap((rig) => Object.keys(rig.recovery("AWS::ARCRegionSwitch::Plan")));
    expect(new Set(ids).size).toBe(2);
  });

  test.each(["pilot-light", "warm-standby", "active-active"])(
    "of %s says the same whichever region serves now",
    (recovery) => {
      const plans = ["us-east-1", "us-west-2"].map((active) => planOf(shipWatched(shopOf({ recovery }), { active })));
      expect(plans[0]).toEqual(plans[1]);
    },
  );

  test("is not there where the other region keeps nothing running, or where there is none", () => {
    for (const changes of [
      { recovery: "backup-restore" },
      { recovery: "backup-restore", regions: { primary: "us-east-1" } },
    ]) {
      const rig = shipWatched(shopOf(changes));
      expect(rig.recovery("AWS::ARCRegionSwitch::Plan")).toEqual({});
      expect(rig.recovery("AWS::SSM::Document")).toEqual({});
    }
  });

  test("has a name within AWS's limit, told from that of a system whose name begins alike", () => {
    const named = (name: string) => planName(shipWatched(shopOf({ name })).shipment);
    const [first, second] = [named("a-system-with-a-longname"), named("a-system-with-a-longword")];
    for (const name of [first, second]) expect(name).toMatch(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/);
    expect(first).not.toBe(second);
  });

  test("asks for no action that it has no block for", () => {
    const actionsOf = (rig: WatchRig): string[] => {
      const [policy] = Object.values(rig.recovery("AWS::IAM::RolePolicy"));
      const statements = policy?.Properties.PolicyDocument.Statement as readonly { Action: string[] }[];
      return statements.flatMap(({ Action }) => Action);
    };
    const small = { edge: undefined, journeys: undefined, databases: undefined, caches: undefined, queues: undefined };
    const rig = shipWatched(shopOf({ ...small, services: { api: { run: "node server.js" } } }));
    expect(actionsOf(rig).some((action) => /^(rds|lambda|eks):/.test(action))).toBe(false);
    expect(actionsOf(shipWatched())).toEqual(
      expect.arrayContaining(["rds:SwitchoverGlobalCluster", "lambda:InvokeFunction", "ecs:UpdateService"]),
    );
  });
});

describe("the moves of customers", () => {
  const shipmentOf = (recovery: string) => shipWatched(shopOf({ recovery })).shipment;
  const said = (puts: ReturnType<typeof putsOf>) =>
    puts.map(({ region, MetricData }) => ({ region, of: JSON.stringify(MetricData) }));

  test("need the region that takes over alone when the first one is left", () => {
    const [put, ...others] = said(putsOf(shipmentOf("warm-standby"), "us-west-2", "activate"));
    expect(others).toEqual([]);
    expect(put?.region).toBe("us-west-2");
    expect(put?.of).toContain('"Value":"us-east-1"');
    expect(put?.of).toContain('"Value":1');
  });

  test("let customers return to the first region by taking back the one word that sent them away", () => {
    const [put, ...others] = said(putsOf(shipmentOf("warm-standby"), "us-east-1", "activate"));
    expect(others).toEqual([]);
    expect(put).toMatchObject({ region: "us-west-2", of: expect.stringContaining('"Value":"us-east-1"') });
    expect(put?.of).toContain('"Value":0');
  });

  test.each(["us-east-1", "us-west-2"])(
    "of two regions that serve keep customers away from the other one in %s itself",
    (region) => {
      const [put] = said(putsOf(shipmentOf("active-active"), region, "deactivate"));
      const other = region === "us-east-1" ? "us-west-2" : "us-east-1";
      expect(put?.region).toBe(region);
      expect(put?.of).toContain(`"Value":"${other}"`);
    },
  );

  test("are functions that may put that number, and nothing else", () => {
    const rig = shipWatched();
    const [moved] = Object.values(rig.watched("AWS::Lambda::Function", 1));
    expect(moved?.Properties.FunctionName).toBe("shop-production-activate-traffic");
    const roles = rig.watched("AWS::IAM::Role", 1);
    const policy = roles["ActivateTrafficRole"]?.Properties.Policies[0];
    const actions = policy.PolicyDocument.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions).toEqual(["logs:CreateLogStream", "logs:PutLogEvents", "cloudwatch:PutMetricData"]);
  });

  test("put what they say when they run, and fail when it cannot be put", async () => {
    const [moved] = Object.values(shipWatched().watched("AWS::Lambda::Function", 1));
    const sent: object[] = [];
    const sdk = (isDown: boolean) => ({
      CloudWatchClient: class {
        readonly config: { readonly region: string };
        constructor(config: { readonly region: string }) {
          this.config = config;
        }
        send(command: { readonly input: object }) {
          if (isDown) throw new Error("no answer");
          sent.push({ region: this.config.region, ...command.input });
        }
      },
      PutMetricDataCommand: class {
        readonly input: object;
        constructor(input: object) {
          this.input = input;
        }
      },
    });
    const run = (isDown: boolean): Promise<void> => {
      const exported: { handler?: () => Promise<void> } = {};
      runInNewContext(moved?.Properties.Code.ZipFile, { require: () => sdk(isDown), exports: exported });
      return exported.handler!();
    };
    await run(false);
    expect(sent).toMatchObject([
      { region: "us-west-2", Namespace: "Holdfast", MetricData: [{ MetricName: "TrafficAway", Value: 1 }] },
    ]);
    await expect(run(true)).rejects.toThrow("no answer");
    expect(moved?.Properties.Code.ZipFile.length).toBeLessThan(4_096);
  });

  test("are left out where no edge knows two regions", () => {
    const rig = shipWatched(shopOf({ edge: undefined }));
    expect(rig.watched("AWS::Lambda::Function", 1)).toEqual({});
    expect(blocks(stepsTo(rig, "activate", "us-west-2"))).toEqual(["Parallel", "AuroraGlobalDatabase"]);
  });
});
