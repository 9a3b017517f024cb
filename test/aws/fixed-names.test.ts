import { describe, expect, test } from "vitest";
import type { PlacedTemplate } from "../../src/aws/refused.ts";
import { type Value, textOf } from "../../src/aws/template.ts";
import { type Change, EXAMPLES, STRATEGIES, ship } from "./shipped.ts";

/** Why a name is needed: CloudFormation or AWS takes no such resource without one. */
const DEMANDED = "AWS takes none without a name";
/** Why a name is needed: the other region, whose stacks are made without a look at this one's, tells it by that. */
const OTHER_REGION = "the other region tells it by its name";
const LOG_GROUP = "its log group is made before it, with its retention and key, and RDS finds that by this name";
const BY_HAND = "people start it, or look for it, by this name";

/** All that has a name of ours, by type and property: which of them, and what needs the name. */
const NAMED: Readonly<Record<string, readonly [which: RegExp, why: string]>> = {
  "AWS::ARCRegionSwitch::Plan.Name": [/^RegionSwitch/, DEMANDED],
  "AWS::ApiGatewayV2::Api.Name": [/Api$/, DEMANDED],
  "AWS::ApiGatewayV2::VpcLink.Name": [/^HttpApisLink$/, DEMANDED],
  "AWS::Backup::BackupPlan.BackupPlan.BackupPlanName": [/^BackupPlan$/, DEMANDED],
  "AWS::Backup::BackupVault.BackupVaultName": [
    /^BackupVault$/,
    `${DEMANDED}, and copies go to the other region's by it`,
  ],
  "AWS::Backup::RestoreTestingPlan.RestoreTestingPlanName": [/^RestoreTests$/, DEMANDED],
  "AWS::CloudFront::CachePolicy.CachePolicyConfig.Name": [/Cache$/, DEMANDED],
  "AWS::CloudFront::OriginAccessControl.OriginAccessControlConfig.Name": [/^SiteAccess$/, DEMANDED],
  "AWS::CloudFront::ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name": [/^SecurityHeaders$/, DEMANDED],
  "AWS::CloudTrail::Trail.TrailName": [/^Trail$/, "its bucket's policy, which is made before it, lets in no other"],
  "AWS::CloudWatch::Alarm.AlarmName": [
    /^\w+ErrorsAlarm$|^TrafficAwayFrom/,
    "the plan of Region switch and the health checks of Route 53 look at it from another region",
  ],
  "AWS::CloudWatch::Dashboard.DashboardName": [/^Dashboard$/, BY_HAND],
  "AWS::DynamoDB::GlobalTable.TableName": [/Table$/, OTHER_REGION],
  "AWS::Events::EventBus.Name": [/Bus$/, DEMANDED],
  "AWS::GlobalAccelerator::Accelerator.Name": [/Accelerator$/, DEMANDED],
  "AWS::KMS::Alias.AliasName": [/KeyAlias$/, DEMANDED],
  "AWS::Lambda::Function.FunctionName": [/^(Dea|A)ctivateTraffic$/, OTHER_REGION],
  "AWS::Logs::Delivery.DeliverySourceName": [/^AccessLogDelivery$/, "it is the name of its source"],
  "AWS::Logs::DeliveryDestination.Name": [/^AccessLogDestination$/, DEMANDED],
  "AWS::Logs::DeliverySource.Name": [/^AccessLogSource$/, DEMANDED],
  "AWS::Logs::LogGroup.LogGroupName": [
    /^(Dea|A)ctivateTrafficLogGroup$|(Postgresql|Upgrade|Error|Slowquery|Audit)Log$/,
    "Lambda and RDS write to the log group of this name",
  ],
  "AWS::RDS::DBCluster.DBClusterIdentifier": [/Cluster$/, `${OTHER_REGION}, and ${LOG_GROUP}`],
  "AWS::RDS::DBInstance.DBInstanceIdentifier": [/(Instance|Reader)$/, LOG_GROUP],
  "AWS::RDS::DBProxy.DBProxyName": [/Proxy$/, DEMANDED],
  "AWS::RDS::DBProxyEndpoint.DBProxyEndpointName": [/ProxyReader$/, DEMANDED],
  "AWS::RDS::GlobalCluster.GlobalClusterIdentifier": [/GlobalCluster$/, OTHER_REGION],
  "AWS::ResilienceHub::App.Name": [/^ResilienceApp$/, DEMANDED],
  "AWS::ResilienceHub::ResiliencyPolicy.PolicyName": [/^ResiliencePolicy$/, DEMANDED],
  "AWS::S3::Bucket.BucketName": [
    /^(Labels|Photos|Site|Log)Bucket$/,
    "a replica or the distribution is told of it before it is there; AWS WAF wants a name that begins with its own",
  ],
  "AWS::SSM::Document.Name": [/Runbook$/, BY_HAND],
  "AWS::SSM::MaintenanceWindow.Name": [/^PatchWindow$/, DEMANDED],
  "AWS::SSM::Parameter.Name": [/KubernetesValues$/, BY_HAND],
  "AWS::SSM::PatchBaseline.Name": [/^PatchBaseline$/, DEMANDED],
  "AWS::SecretsManager::Secret.Name": [
    /^(OriginVerify|Billing|Customers|Database|Ledger)(Next|Master|App[AB])?Secret$/,
    "the other region reads its replica by its name, and roles and dynamic references name it",
  ],
  "AWS::Synthetics::Canary.Name": [/^Canary$/, DEMANDED],
};

/** A property that names what it stands in: its own, or that of the one object that holds all its settings. */
const NAMING = /^(\w+(Config|Plan)\.)?(?!Metric|Display)\w*(Name|Identifier)$/;

interface Named {
  readonly property: string;
  readonly id: string;
  readonly name: string;
}

/** What has a name that begins with the system's, and so is called the same at each attempt to create it. */
function namedIn({ template }: PlacedTemplate, system: string): readonly Named[] {
  const ours = new RegExp(`(^|[-/])${system}[-_/]`);
  const found: Named[] = [];
  for (const [id, { Type, Properties }] of Object.entries(template.Resources ?? {})) {
    const visit = (path: string, value: Value): void => {
      const name = textOf(value);
      const isImported = name.includes("Fn::ImportValue");
      if (NAMING.test(path) && ours.test(name) && !isImported) found.push({ property: `${Type}.${path}`, id, name });
      if (path.includes(".") || typeof value !== "object" || value === null || Array.isArray(value)) return;
      for (const [key, inner] of Object.entries(value)) visit(`${path}.${key}`, inner);
    };
    for (const [path, value] of Object.entries(Properties ?? {})) visit(path, value);
  }
  return found;
}

async function names(changes: readonly Change[]): Promise<readonly Named[]> {
  const found: Named[] = [];
  for (const example of EXAMPLES) {
    for (const change of changes) {
      const { assembly, templates } = await ship(example, change);
      found.push(...templates.flatMap((each) => namedIn(each, assembly.manifest.system)));
    }
  }
  return found;
}

describe("a name that stays the same", () => {
  const everywhere = STRATEGIES.map((recovery) => ({ recovery }));

  test("is only there where something needs it, since what is retained under it is in the way", async () => {
    const needless = (await names(everywhere)).filter(({ property, id }) => !NAMED[property]?.[0].test(id));
    expect(needless).toEqual([]);
  });

  test("is in this list only while something has it", async () => {
    const had = new Set((await names(everywhere)).map(({ property }) => property));
    expect(Object.keys(NAMED).filter((property) => !had.has(property))).toEqual([]);
  });

  test.each(["production", "dev"] as const)(
    "has the stage in it, so that no stage meets another: %s",
    async (stage) => {
      const found = await names([{ stage }]);
      expect(found).not.toEqual([]);
      expect(found.filter(({ name }) => !name.includes(stage))).toEqual([]);
    },
  );
});
