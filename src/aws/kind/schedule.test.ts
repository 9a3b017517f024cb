import { describe, expect, test } from "vitest";
import { type Sites, type SitesOptions, fakeFunction, makeSites } from "../../../test/support/aws-site.ts";
import type { ScheduleComponent } from "../../topology/topology.ts";
import { shipSchedule } from "./schedule.ts";

const NIGHTLY: ScheduleComponent = {
  id: "nightly",
  kind: "schedule",
  layer: "compute",
  scope: "region",
  settings: { expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin", to: "report" },
};

function shipped(options: SitesOptions = {}): Sites {
  const sites = makeSites({ components: [NIGHTLY], ...options });
  for (const site of sites.sites) {
    fakeFunction(site, "report");
    shipSchedule(site, NIGHTLY);
  }
  return sites;
}

function schedule(sites: Sites, region: "first" | "second") {
  const [found] = Object.values(sites.template("compute", sites[region]).findResources("AWS::Scheduler::Schedule"));
  return found?.Properties;
}

describe("a schedule", () => {
  test("is exact, retries for a day, and keeps what failed in a dead-letter queue", () => {
    expect(schedule(shipped(), "first")).toMatchObject({
      ScheduleExpression: "cron(0 3 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Arn: "arn:aws:lambda:us-east-1:123456789012:function:report:live",
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: expect.anything() },
      },
    });
  });

  test.each(["pilot-light", "warm-standby", "active-active"] as const)(
    "runs in one region with %s, and a failover changes its state alone",
    (recovery) => {
      const before = shipped({ recovery });
      const after = shipped({ recovery, active: "us-west-2" });
      expect([schedule(before, "first").State, schedule(before, "second").State]).toEqual(["ENABLED", "DISABLED"]);
      expect([schedule(after, "first").State, schedule(after, "second").State]).toEqual(["DISABLED", "ENABLED"]);
      expect({ ...schedule(after, "first"), State: "ENABLED" }).toEqual(schedule(before, "first"));
    },
  );

  test("may invoke its target and nothing else", () => {
    const roles = Object.values(shipped().template("compute").findResources("AWS::IAM::Role"));
    expect(roles).toHaveLength(1);
    const statements = roles[0]?.Properties.Policies[0].PolicyDocument.Statement;
    expect(statements[0]).toMatchObject({
      Action: ["lambda:InvokeFunction"],
      Resource: "arn:aws:lambda:us-east-1:123456789012:function:report:live",
    });
    expect(roles[0]?.Properties.AssumeRolePolicyDocument.Statement[0].Condition).toBeDefined();
  });
});
