import { describe, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { fingerprintsOf } from "./baseline.ts";
import { checklistOf } from "./checklist.ts";
import { auditDocument } from "./document.ts";
import { templateOf } from "./read/cloudformation.ts";
import { readSource } from "./read/source.ts";

function checklist(resources: string) {
  const source = readSource("t.yaml", `Parameters:\n  Given: { Type: String }\nResources:\n${resources}`);
  const template = templateOf(source);
  const { model, findings } = audit([template]);
  return checklistOf(model, findings);
}

function about(item: string, resources: string) {
  const found = checklist(resources).find((each) => each.item.includes(item));
  return { answer: found?.answer, evidence: found?.evidence };
}

const FUNCTION = "  Api: { Type: AWS::Lambda::Function }\n";
const BALANCER = "  Entry: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer }\n";

function database(properties: string): string {
  return `  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, ${properties} } }\n`;
}

describe("the checklist", () => {
  test("asks seven questions, and none of what is not there", () => {
    const answers = checklist("  Topic: { Type: AWS::SNS::Topic }\n");
    expect(answers).toHaveLength(7);
    expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set(["not-applicable"]));
  });

  test("a database in one zone is no, in two yes, and by a parameter unknown", () => {
    expect(about("multi-AZ", database("MultiAZ: false"))).toEqual({ answer: "no", evidence: ["Db"] });
    expect(about("multi-AZ", database("MultiAZ: true"))).toEqual({ answer: "yes", evidence: ["Db"] });
    expect(about("multi-AZ", database("MultiAZ: !Ref Given"))).toEqual({ answer: "unknown", evidence: ["Db"] });
  });

  test("data in buckets is yes, on a volume no, and of a database nothing is said", () => {
    expect(about("critical data", "  Uploads: { Type: AWS::S3::Bucket }\n")).toMatchObject({ answer: "yes" });
    const both = "  Uploads: { Type: AWS::S3::Bucket }\n  Disk: { Type: AWS::EC2::Volume }\n";
    expect(about("critical data", both)).toEqual({ answer: "no", evidence: ["Disk"] });
    expect(about("critical data", database(""))).toEqual({ answer: "unknown", evidence: ["Db"] });
  });

  test("a bucket that only takes logs stores nothing critical", () => {
    const logs = `  Logs: { Type: AWS::S3::Bucket, Properties: { AccessControl: LogDeliveryWrite } }\n`;
    expect(about("critical data", logs)).toMatchObject({ answer: "not-applicable" });
  });

  test("what AWS scales by itself is balanced, and an instance alone is not", () => {
    expect(about("load balancers", FUNCTION)).toEqual({ answer: "yes", evidence: ["Api"] });
    const alone = "  Web: { Type: AWS::EC2::Instance }\n";
    expect(about("load balancers", alone)).toEqual({ answer: "no", evidence: ["Web"] });
  });

  test("an alarm that tells nobody is no monitoring", () => {
    const alarm = (actions: string) =>
      `${FUNCTION}  Errors: { Type: AWS::CloudWatch::Alarm, Properties: { ${actions} } }\n`;
    expect(about("monitoring", alarm("AlarmActions: [topic]"))).toEqual({ answer: "yes", evidence: ["Errors"] });
    expect(about("monitoring", alarm("Threshold: 1"))).toEqual({ answer: "no", evidence: ["Errors"] });
    expect(about("monitoring", alarm("AlarmActions: !Ref Given"))).toMatchObject({ answer: "unknown" });
    expect(about("monitoring", FUNCTION)).toEqual({ answer: "no", evidence: [] });
  });

  test("backups without a test of restoring leave it open", () => {
    const good = database("MultiAZ: true, BackupRetentionPeriod: 7");
    const tests = "  Tests: { Type: AWS::Backup::RestoreTestingPlan }\n";
    expect(about("backups", database("BackupRetentionPeriod: 0"))).toEqual({ answer: "no", evidence: ["Db"] });
    expect(about("backups", good)).toEqual({ answer: "unknown", evidence: ["Db"] });
    expect(about("backups", good + tests)).toEqual({ answer: "yes", evidence: ["Tests"] });
  });

  test("records are redundant where one stands in for another, by health", () => {
    const record = (properties: string) =>
      `${BALANCER}  Www: { Type: AWS::Route53::RecordSet, Properties: { Name: www.example.com, ${properties} } }\n`;
    const failover = record("Failover: PRIMARY, HealthCheckId: check");
    expect(about("Route 53", failover)).toEqual({ answer: "yes", evidence: ["Www"] });
    expect(about("Route 53", record("Weight: 10"))).toEqual({ answer: "no", evidence: ["Www"] });
    expect(about("Route 53", BALANCER)).toEqual({ answer: "unknown", evidence: ["Entry"] });
  });

  test("a volume attached to an instance is state", () => {
    const instance = "  Web: { Type: AWS::EC2::Instance }\n";
    const attached = "  Disk: { Type: AWS::EC2::VolumeAttachment, Properties: { InstanceId: !Ref Web } }\n";
    expect(about("stateless", instance + attached)).toEqual({ answer: "no", evidence: ["Disk"] });
    expect(about("stateless", FUNCTION)).toEqual({ answer: "yes", evidence: ["Api"] });
  });
});

test("what a baseline knows is no better for that", () => {
  const text = `Resources:\n${database("MultiAZ: false")}`;
  const audited = audit([templateOf(readSource("t.yaml", text))]);
  const known = new Set(fingerprintsOf(audited.findings));
  const document = auditDocument(audited, { files: 1, problems: [], known, elapsed: () => 0 });
  expect(document.findings).toEqual([]);
  expect(document.checklist[0]).toMatchObject({ item: "multi-AZ compute and databases", answer: "no" });
});
