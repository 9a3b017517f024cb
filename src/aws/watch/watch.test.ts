import { describe, expect, test } from "vitest";
import { type Made, type WatchRig, shipWatched, shopOf } from "../../../test/support/watch-rig.ts";

/** A metric of an alarm's formula, as far as it is looked at. */
interface Query {
  readonly MetricStat?: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
    };
  };
}

const STRATEGIES = ["backup-restore", "pilot-light", "warm-standby", "active-active"] as const;

/** The names of alarms that a rule asks for, in order. */
function askedBy(alarm: Made | undefined): string[] {
  const text = JSON.stringify(alarm?.Properties.AlarmRule);
  return [...text.matchAll(/"Ref":"(\w+)"/g)].map(([, id]) => id ?? "");
}

function alarm(rig: WatchRig, id: string): Made {
  const found = rig.watched("AWS::CloudWatch::Alarm")[id];
  expect(found, id).toBeDefined();
  return found!;
}

describe("the watch of a region", () => {
  const rig = shipWatched();
  const alarms = rig.watched("AWS::CloudWatch::Alarm");
  const composites = rig.watched("AWS::CloudWatch::CompositeAlarm");

  test("has no alarm that neither alerts nor is asked for by one that does", () => {
    const asked = new Set(Object.values(composites).flatMap(askedBy));
    const silent = Object.entries({ ...alarms, ...composites }).filter(
      ([id, { Properties }]) => !Properties.AlarmActions?.length && !asked.has(id),
    );
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  test("says for every alarm what missing data means, what it is about, and over how long", () => {
    for (const [id, { Properties }] of Object.entries(alarms)) {
      expect(Properties.TreatMissingData, id).toMatch(/^(breaching|notBreaching|missing)$/);
      expect(Properties.AlarmDescription, id).toMatch(/\w{3}/);
      expect(Properties.DatapointsToAlarm, id).toBeLessThanOrEqual(Properties.EvaluationPeriods);
    }
  });

  test("takes what should be there and is silent for gone: tasks, members of databases, canaries", () => {
    const breaching = Object.keys(alarms).filter((id) => alarms[id]?.Properties.TreatMissingData === "breaching");
    expect(breaching.sort()).toEqual([
      "ApiTooFewAlarm",
      "CanaryOutsideAlarm",
      "DatabaseCpuAlarm",
      "SessionsCpuAlarm",
      "WorkerTooFewAlarm",
    ]);
  });

  test("watches each zone of a balancer by itself, told by place", () => {
    for (const [index, letter] of ["A", "B", "C"].entries()) {
      const { Metrics } = alarm(rig, `ApiErrorsIn${letter}Alarm`).Properties;
      const zones = (Metrics as Query[])
        .flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])
        .filter(({ Name }) => Name === "AvailabilityZone")
        .map(({ Value }) => Value);
      expect(zones).toHaveLength(3);
      for (const zone of zones) expect(zone).toEqual({ "Fn::Select": [index, { "Fn::GetAZs": "" }] });
      expect(alarms[`ApiUnhealthyIn${letter}Alarm`]).toBeDefined();
      expect(alarms[`ApiLatencyIn${letter}Alarm`]).toBeDefined();
    }
  });

  test("calls a zone impaired when a service fails there and nowhere else", () => {
    const rule = JSON.stringify(composites["ApiInAImpaired"]?.Properties.AlarmRule);
    const [inA = "", elsewhere = ""] = rule.split("AND NOT");
    expect([...inA.matchAll(/In([A-C])Alarm/g)].map(([, letter]) => letter)).toEqual(["A", "A", "A"]);
    expect(new Set([...elsewhere.matchAll(/In([A-C])Alarm/g)].map(([, letter]) => letter))).toEqual(
      new Set(["B", "C"]),
    );
    expect(composites["ApiInAImpaired"]?.Properties.AlarmActions).toHaveLength(1);
  });

  test("counts errors of the tasks and of the balancer among all answers, and no share of a handful", () => {
    const { Metrics, Threshold } = alarm(rig, "ApiErrorsAlarm").Properties;
    const [{ Expression }] = Metrics;
    expect(Expression).toContain(">= 20");
    expect((Metrics as Query[]).flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? [])).toEqual([
      "HTTPCode_Target_5XX_Count",
      "HTTPCode_ELB_5XX_Count",
      "RequestCount",
    ]);
    expect(Threshold).toBe(5);
  });

  test("alerts by itself when a message is set aside", () => {
    const { MetricName, Threshold, AlarmActions, Dimensions } = alarm(rig, "OrdersDeadLettersAlarm").Properties;
    expect([MetricName, Threshold]).toEqual(["ApproximateNumberOfMessagesVisible", 0]);
    expect(Dimensions).toEqual([{ Name: "QueueName", Value: "orders-dead-letters" }]);
    expect(AlarmActions).toHaveLength(1);
  });

  test("holds the lag of the other region against the objective", () => {
    const { MetricName, Threshold } = alarm(rig, "DatabaseOtherRegionLagAlarm").Properties;
    expect([MetricName, Threshold]).toEqual(["AuroraGlobalDBRPOLag", 30_000]);
  });

  test("asks for as many tasks as survive a zone", () => {
    const { MetricName, Threshold, ComparisonOperator } = alarm(rig, "ApiTooFewAlarm").Properties;
    expect([MetricName, Threshold, ComparisonOperator]).toEqual(["RunningTaskCount", 3, "LessThanThreshold"]);
  });

  test("finds a backlog only beyond what all workers that there may be are meant for", () => {
    expect(alarm(rig, "OrdersBacklogAlarm").Properties.Threshold).toBe(10 * 100);
  });

  test("tells of customers' troubles by one alarm, made of the journeys and the canary", () => {
    const system = composites["CustomersAffected"];
    expect(askedBy(system)).toEqual(["OrderJourneyAffected", "CatalogueJourneyAffected", "CanaryOutsideAlarm"]);
    expect(askedBy(composites["OrderJourneyAffected"])).toEqual(["ApiErrorsAlarm", "ApiLatencyAlarm"]);
  });

  test("keeps every rule within a hundred alarms", () => {
    for (const each of Object.values(composites)) expect(new Set(askedBy(each)).size).toBeLessThanOrEqual(100);
  });

  test("keeps every formula within ten metrics", () => {
    for (const [id, { Properties }] of Object.entries(alarms)) {
      const metrics = ((Properties.Metrics ?? []) as Query[]).filter(({ MetricStat }) => MetricStat);
      expect(metrics.length, id).toBeLessThanOrEqual(10);
    }
  });
});

describe("alerts", () => {
  test("come by an encrypted topic of the region that only this account's alarms, rules and databases may use", () => {
    const rig = shipWatched(shopOf({ alerts: { emails: ["on-call@example.com"] } }));
    const [topic] = Object.values(rig.watched("AWS::SNS::Topic"));
    expect(topic?.Properties.KmsMasterKeyId).toBeDefined();
    const [policy] = Object.values(rig.watched("AWS::SNS::TopicPolicy"));
    const statements = policy?.Properties.PolicyDocument.Statement;
    expect(statements[0]).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    for (const statement of statements.slice(1)) expect(statement.Condition.ArnLike["aws:SourceArn"]).toBeDefined();
    const [mail] = Object.values(rig.watched("AWS::SNS::Subscription"));
    expect(mail?.Properties).toMatchObject({ Protocol: "email", Endpoint: "on-call@example.com" });
  });

  test("go to a topic that exists, where the definition names one", () => {
    const arn = "arn:aws:sns:us-east-1:123456789012:on-call";
    const rig = shipWatched(shopOf({ alerts: { topicArns: { "us-east-1": arn } } }));
    expect(rig.watched("AWS::SNS::Topic")).toEqual({});
    expect(alarm(rig, "OrdersDeadLettersAlarm").Properties.AlarmActions).toEqual([arn]);
    expect(Object.keys(rig.watched("AWS::SNS::Topic", 1))).toHaveLength(1);
  });

  test("tell what AWS announces as events, and keep what could not be told", () => {
    const rig = shipWatched();
    const rules = rig.watched("AWS::Events::Rule");
    expect(Object.keys(rules).sort()).toEqual([
      "AwsHealthRule",
      "BackupFailedRule",
      "RegionSwitchRule",
      "TasksRule",
      "ZonalShiftRule",
    ]);
    for (const { Properties } of Object.values(rules)) {
      expect(Properties.Targets[0].DeadLetterConfig.Arn).toEqual({ "Fn::GetAtt": ["UndeliveredAlerts", "Arn"] });
    }
    expect(alarm(rig, "UndeliveredAlertsDeadLettersAlarm").Properties.AlarmActions).toHaveLength(1);
    const sources = Object.values(rig.watched("AWS::RDS::EventSubscription")).map(({ Properties }) => Properties);
    expect(sources.map(({ SourceType }) => SourceType).sort()).toEqual(["db-cluster", "db-instance"]);
  });
});

describe("a region", () => {
  test.each(STRATEGIES)(
    "of %s is watched where something is deployed, and from the other one at least looked at",
    (recovery) => {
      const rig = shipWatched(shopOf({ recovery }));
      const alarms = rig.watched("AWS::CloudWatch::Alarm", 1);
      if (recovery === "backup-restore") {
        expect(Object.keys(alarms)).toEqual(["CanaryOutsideAlarm"]);
        expect(alarms["CanaryOutsideAlarm"]?.Properties.AlarmActions).toHaveLength(1);
      } else {
        expect(Object.keys(alarms).length).toBeGreaterThan(20);
      }
      expect(Object.keys(rig.watched("AWS::Synthetics::Canary", 1))).toHaveLength(1);
    },
  );

  test("that is a pilot light has no alarm for tasks that it does not keep; a warm one has for those it does", () => {
    const light = shipWatched(shopOf({ recovery: "pilot-light" })).watched("AWS::CloudWatch::Alarm", 1);
    expect(light["ApiTooFewAlarm"]).toBeUndefined();
    const warm = shipWatched(shopOf({ recovery: "warm-standby" })).watched("AWS::CloudWatch::Alarm", 1);
    expect(warm["ApiTooFewAlarm"]?.Properties.Threshold).toBe(2);
  });

  test("that took over is watched as a whole one, and the former as a standby", () => {
    const rig = shipWatched(shopOf(), { active: "us-west-2" });
    expect(rig.watched("AWS::CloudWatch::Alarm", 1)["ApiTooFewAlarm"]?.Properties.Threshold).toBe(3);
    expect(rig.watched("AWS::CloudWatch::Alarm", 0)["ApiTooFewAlarm"]?.Properties.Threshold).toBe(2);
    expect(Object.keys(rig.watched("AWS::ARCZonalShift::ZonalAutoshiftConfiguration", 1))).toHaveLength(1);
    expect(rig.watched("AWS::ARCZonalShift::ZonalAutoshiftConfiguration", 0)).toEqual({});
  });

  test("alone has a canary of its own, and nothing that compares it with another", () => {
    const rig = shipWatched(shopOf({ regions: { primary: "eu-west-1" }, recovery: "backup-restore" }));
    expect(Object.keys(rig.watched("AWS::Synthetics::Canary"))).toHaveLength(1);
    expect(rig.watched("AWS::CloudWatch::Alarm")["DatabaseOtherRegionLagAlarm"]).toBeUndefined();
  });

  test("of a system that nobody calls alerts all the same", () => {
    const rig = shipWatched(
      shopOf({
        edge: undefined,
        journeys: undefined,
        services: { worker: { run: "node worker.js", consumes: "orders" } },
        databases: undefined,
        caches: undefined,
      }),
    );
    expect(rig.watched("AWS::Synthetics::Canary")).toEqual({});
    const composites = rig.watched("AWS::CloudWatch::CompositeAlarm");
    expect(Object.keys(composites)).toEqual(["WorkerState", "OrdersState"]);
    for (const { Properties } of Object.values(composites)) expect(Properties.AlarmActions).toHaveLength(1);
  });
});

describe("zonal autoshift", () => {
  test("is on for balancers that customers come by, practised with an alarm that ends it", () => {
    const [shift] = Object.values(shipWatched().watched("AWS::ARCZonalShift::ZonalAutoshiftConfiguration"));
    expect(shift?.Properties).toMatchObject({
      ZonalAutoshiftStatus: "ENABLED",
      PracticeRunConfiguration: {
        OutcomeAlarms: [{ AlarmIdentifier: { "Fn::GetAtt": ["ApiErrorsAlarm", "Arn"] }, Type: "CLOUDWATCH" }],
        BlockedWindows: ["Sat:00:00-Sat:23:59", "Sun:00:00-Sun:23:59"],
      },
    });
  });

  test("is left out of the cheap profile, whose two zones do not carry each other's load", () => {
    const rig = shipWatched(shopOf(), { stage: "dev" });
    expect(rig.watched("AWS::ARCZonalShift::ZonalAutoshiftConfiguration")).toEqual({});
  });
});

describe("the balancer of programs, of a service that customers come to as well", () => {
  const { services } = shopOf() as { services: Record<string, Record<string, unknown>> };
  const worker = { ...services["worker"], uses: ["database", "api"] };
  const rig = shipWatched(shopOf({ services: { ...services, worker } }));
  const alarms = rig.watched("AWS::CloudWatch::Alarm");

  test("has each alarm that the customers' one has, of its own answers", () => {
    const first = Object.keys(alarms).filter((id) => /^Api(Errors|Latency|Unhealthy)/.test(id));
    expect(first).toHaveLength(11);
    for (const id of first) expect(Object.keys(alarms)).toContain(id.replace("Api", "ApiInternal"));
    const of = (id: string) => alarm(rig, id).Properties.Dimensions[0].Value;
    expect(of("ApiLatencyAlarm")).toBe("app/api/1");
    expect(of("ApiInternalLatencyAlarm")).toBe("app/api-internal/1");
  });

  test("tells of a zone that fails, too", () => {
    const rule = JSON.stringify(rig.watched("AWS::CloudWatch::CompositeAlarm")["ApiInAImpaired"]?.Properties.AlarmRule);
    expect(rule.split("AND NOT")[0]).toContain("ApiInternalErrorsInAAlarm");
  });

  test("is shifted by AWS with an alarm of its own, and by the runbook", () => {
    const shifts = rig.watched("AWS::ARCZonalShift::ZonalAutoshiftConfiguration");
    expect(Object.keys(shifts)).toEqual(["ApiAutoshift", "ApiInternalAutoshift"]);
    const { ResourceIdentifier, PracticeRunConfiguration } = shifts["ApiInternalAutoshift"]!.Properties;
    expect(ResourceIdentifier).toContain("app/api-internal/1");
    expect(PracticeRunConfiguration.OutcomeAlarms[0].AlarmIdentifier).toEqual({
      "Fn::GetAtt": ["ApiInternalErrorsAlarm", "Arn"],
    });
    const runbooks = JSON.stringify(rig.watched("AWS::SSM::Document"));
    for (const step of ["shiftApi", "shiftApiInternal"]) expect(runbooks).toContain(`"name":"${step}"`);
  });

  test("ends experiments after what customers feel has", () => {
    const [experiment] = Object.values(rig.watched("AWS::FIS::ExperimentTemplate"));
    const stops = experiment!.Properties.StopConditions.map(
      ({ Value }: { Value: { "Fn::GetAtt": [string] } }) => Value["Fn::GetAtt"][0],
    );
    const names = ["ApiErrorsAlarm", "ApiLatencyAlarm", "ApiInternalErrorsAlarm", "ApiInternalLatencyAlarm"];
    expect(stops).toEqual(names);
  });
});
