import { describe, expect, test } from "vitest";
import { type Made, shipWatched, shopOf } from "../../../test/support/watch-rig.ts";

interface Step {
  readonly name: string;
  readonly action: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const ALONE = /rds:unplanned-global-failover-/;

const stepsOf = (made: Made | undefined): readonly Step[] => made?.Properties.Content.mainSteps;

describe("runbooks", () => {
  const rig = shipWatched();
  const [first, second] = [rig.watched("AWS::SSM::Document", 0), rig.watched("AWS::SSM::Document", 1)];
  const recovery = rig.recovery("AWS::SSM::Document");
  const all = [...Object.values(first), ...Object.values(second), ...Object.values(recovery)];

  test("are where they are needed: to fail over in the region that takes over, to fail back in the other one", () => {
    expect(Object.keys(recovery)).toEqual(["FailoverRunbook"]);
    expect(Object.keys(first).sort()).toEqual([
      "EvacuateZoneRunbook",
      "FailbackRunbook",
      "RestoreRunbook",
      "ReturnToZoneRunbook",
    ]);
    expect(Object.keys(second).sort()).toEqual(["EvacuateZoneRunbook", "RestoreRunbook", "ReturnToZoneRunbook"]);
  });

  test("have a name that people know, a text, a role of their own, and become a new version when they change", () => {
    for (const { Properties } of all) {
      expect(Properties.Name).toMatch(/^shop-production-[a-z-]+$/);
      expect(Properties.UpdateMethod).toBe("NewVersion");
      expect(Properties.DocumentType).toBe("Automation");
      expect(Properties.Content).toMatchObject({ schemaVersion: "0.3", description: expect.stringMatching(/^# \w/) });
      expect(Properties.Content.assumeRole["Fn::GetAtt"]).toHaveLength(2);
    }
  });

  test("say of a failback, and of nothing else, how to keep what the region had alone", () => {
    expect(all.filter(({ Properties }) => ALONE.test(Properties.Content.description))).toEqual([
      first["FailbackRunbook"],
    ]);
  });

  test("name each step once, and every parameter that they use", () => {
    for (const { Properties } of all) {
      const { mainSteps, parameters } = Properties.Content;
      const names = (mainSteps as Step[]).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const used = [...JSON.stringify(mainSteps).matchAll(/\{\{ (\w+)(?:\.\w+)? \}\}/g)].map(([, name]) => name ?? "");
      for (const name of used) expect([...Object.keys(parameters), ...names]).toContain(name);
    }
  });

  test("fail over by the plan, wait for it, and then send customers, which an emergency's plan leaves out", () => {
    const steps = stepsOf(recovery["FailoverRunbook"]);
    expect(steps.map(({ inputs }) => inputs["Api"])).toEqual([
      "StartPlanExecution",
      "GetPlanExecution",
      "PutMetricData",
    ]);
    expect(steps[0]?.inputs).toMatchObject({ targetRegion: "us-west-2", action: "activate", mode: "{{ Mode }}" });
  });

  test("fail back by a plan that they are told of later, so that the first region does not wait for the second", () => {
    const watch = rig.templates()["shop-production-watch-us-east-1"];
    const parameters = watch?.findParameters("RegionSwitchPlanArn");
    expect(parameters?.["RegionSwitchPlanArn"]?.["Default"]).toBe("none");
    expect(rig.shipment.wires).toContainEqual({
      from: { stack: "shop-production-recovery-us-west-2", output: "RegionSwitchPlanArn" },
      to: { stack: "shop-production-watch-us-east-1", parameter: "RegionSwitchPlanArn" },
      late: true,
    });
  });

  test("shift every balancer away from a zone that is told by its id", () => {
    const [step] = stepsOf(first["EvacuateZoneRunbook"]);
    expect(step?.name).toBe("shiftApi");
    expect(step?.inputs).toMatchObject({ Service: "arc-zonal-shift", awayFrom: "{{ Zone }}" });
    expect(first["EvacuateZoneRunbook"]?.Properties.Content.parameters.Zone.allowedPattern).toContain("-az");
  });

  test("give AWS Backup a role to restore with, and may give it to nobody else", () => {
    const role = rig.watched("AWS::IAM::Role")["RestoreRunbookRole"];
    const statements = role?.Properties.Policies[0].PolicyDocument.Statement;
    const pass = statements.find(({ Action }: { Action: string[] }) => Action.includes("iam:PassRole"));
    expect(pass).toMatchObject({
      Resource: { "Fn::GetAtt": ["RestoreRole", "Arn"] },
      Condition: { StringEquals: { "iam:PassedToService": "backup.amazonaws.com" } },
    });
  });

  test("that move regions are left out where there is nothing to move to", () => {
    const alone = shipWatched(shopOf({ recovery: "backup-restore" }));
    expect(alone.recovery("AWS::SSM::Document")).toEqual({});
    const names = Object.keys(alone.watched("AWS::SSM::Document")).sort();
    expect(names).toEqual(["EvacuateZoneRunbook", "RestoreRunbook", "ReturnToZoneRunbook"]);
  });
});

describe("all roles of watch and recovery", () => {
  test.each(["backup-restore", "pilot-light", "warm-standby", "active-active"])(
    "of %s name every action in full",
    (recovery) => {
      const rig = shipWatched(shopOf({ recovery }));
      const text = Object.values(rig.templates())
        .flatMap((template) =>
          Object.values({
            ...template.findResources("AWS::IAM::Role"),
            ...template.findResources("AWS::IAM::RolePolicy"),
          }),
        )
        .flatMap(({ Properties }) => [...(Properties.Policies ?? []), Properties])
        .flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? [])
        .flatMap(({ Action }) => Action as string[]);
      expect(text.length).toBeGreaterThan(10);
      for (const action of text) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/);
    },
  );
});
