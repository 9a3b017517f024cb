import { Aws, CfnResource, type Stack, TagManager } from "aws-cdk-lib";
import { CfnApp, type CfnResiliencyPolicy } from "aws-cdk-lib/aws-resiliencehub";
import { logicalId } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Shipment, type Site, isDev } from "../ship.ts";
import { wire } from "../wire.ts";

/**
 * What Resilience Hub assesses, by the kind of component that it may be part of. FSx is left out, of which it knows
 * Windows alone, and records, which it would have one by one.
 *
 * https://docs.aws.amazon.com/resilience-hub/latest/userguide/AppComponent.html
 */
const ASSESSED: Readonly<Record<string, readonly string[]>> = {
  Compute: [
    "AWS::ApiGatewayV2::Api",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ECS::Service",
    "AWS::Lambda::Function",
  ],
  Database: ["AWS::ElastiCache::ReplicationGroup", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"],
  Networking: ["AWS::EC2::NatGateway", "AWS::ElasticLoadBalancingV2::LoadBalancer"],
  Notification: ["AWS::SNS::Topic"],
  Queue: ["AWS::SQS::Queue"],
  Storage: ["AWS::Backup::BackupPlan", "AWS::EFS::FileSystem", "AWS::S3::Bucket"],
};

/** By it Resilience Hub reads what it assesses; AWS spells it so. */
const READS = "AWSResilienceHubAsssessmentExecutionPolicy";

/** A resource of the application. */
interface Assessed {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  /** What it fails together with: the definition's component, in both regions. */
  readonly group: string;
  readonly logicalId: string;
  readonly stack: Stack;
}

/**
 * The system as an application of Resilience Hub, assessed daily against the policy. Its resources are those of the
 * regions' stacks, told apart by their logical ids; a stack's own ARN is only known once it is deployed, so it comes by
 * a wire. It is charged by the month, and the cheap profile has none.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-resiliencehub-app.html
 */
export function shipResilienceApp(stack: Stack, sites: readonly Site[], policy: CfnResiliencyPolicy): void {
  const { shipment } = sites[0]!; // a system has a region
  if (isDev(shipment)) return;
  const assessed = sites.flatMap(assessedIn);
  const role = shipRole(stack, logicalId("resilience-role"), {
    assumedBy: "resiliencehub.amazonaws.com",
    tellsAccount: false,
    statements: [],
    managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${READS}`],
  });
  new CfnApp(stack, logicalId("resilience-app"), {
    name: policy.policyName,
    description: `${shipment.system} in ${sites.map(({ region }) => region.name).join(" and ")}`,
    resiliencyPolicyArn: policy.ref,
    appAssessmentSchedule: "Daily",
    permissionModel: { type: "RoleBased", invokerRoleName: role.ref },
    appTemplateBody: JSON.stringify(templateOf(assessed)),
    resourceMappings: [...new Set(assessed.map(({ stack: of }) => of))].map((of) => mappingOf(shipment, of, stack)),
    tags: { Name: policy.policyName },
  });
}

function assessedIn({ region, stacks }: Site): Assessed[] {
  return [stacks.network, stacks.data, stacks.messaging, stacks.compute].flatMap((stack) =>
    stack.node.children.flatMap((resource): Assessed[] => {
      if (!CfnResource.isCfnResource(resource)) return [];
      const type = resource.cfnResourceType;
      const kind = Object.keys(ASSESSED).find((each) => ASSESSED[each]?.includes(type));
      if (kind === undefined) return [];
      const { id } = resource.node;
      const component = TagManager.of(resource)?.tagValues()["holdfast:component"];
      return [{ name: `${id}-${region.name}`, type, kind, group: component ?? id, logicalId: id, stack }];
    }),
  );
}

function templateOf(assessed: readonly Assessed[]): object {
  const groups = Map.groupBy(assessed, ({ group, kind }) => `${group}-${kind}`);
  return {
    resources: assessed.map(({ name, type, logicalId: identifier, stack }) => ({
      logicalResourceId: { identifier, logicalStackName: stack.stackName },
      type,
      name,
    })),
    appComponents: [
      ...[...groups].map(([id, of]) => ({
        id,
        name: id,
        type: `AWS::ResilienceHub::${of[0]!.kind}AppComponent`, // a group has what made it
        resourceNames: of.map(({ name }) => name),
      })),
      { id: "appcommon", name: "appcommon", type: "AWS::ResilienceHub::AppCommonAppComponent", resourceNames: [] },
    ],
    excludedResources: { logicalResourceIds: [] },
    version: 2,
  };
}

function mappingOf(shipment: Shipment, of: Stack, to: Stack): CfnApp.ResourceMappingProperty {
  const identifier = wire(shipment, logicalId(of.stackName, "stack-id"), { stack: of, value: of.stackId }, to);
  return {
    mappingType: "CfnStack",
    logicalStackName: of.stackName,
    physicalResourceId: { type: "Arn", identifier, awsRegion: of.region, awsAccountId: Aws.ACCOUNT_ID },
  };
}
