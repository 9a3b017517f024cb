import { Aws, CfnCondition, type CfnResource, Fn, type Stack } from "aws-cdk-lib";
import { CfnFunction, CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule, type CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { RDS } from "../../facts/database.ts";
import { LAMBDA } from "../../facts/serverless.ts";
import type { EdgeComponent } from "../../topology/topology.ts";
import { makeVersions, readSecrets, secretArns } from "../data/secret.ts";
import { type LambdaCode, handlerOf, lambdaAsset } from "../lambda-code.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { tell, toldLate } from "../wire.ts";
import { ORIGIN_VERIFY_HEADER, originVerifySecretName, routedServices } from "./origin.ts";
import { EDGE_OUTPUTS } from "./output.ts";

const CODE: LambdaCode = {
  files: ["rotate-edge-header-process", "aws-secrets-process", "edge-rotation", "secret-version"],
  driver: null,
};

const DAY_MS = 86_400_000;
const LOG_DAYS = 90;
/** As long as a function may take: CloudFront takes minutes to have a change everywhere. */
const TIMEOUT_SECONDS = LAMBDA.timeout.max / 1_000;
const MEMORY_MIB = 256;

/** What stands for an ARN that is not told yet: of an ARN's form, because templates are checked with it. */
const NO_ARN = "arn:aws:none:::none";

/** What the function changes. It is told when all stacks are there. */
interface Doors {
  readonly distributionId: string;
  readonly firewallArn: string;
  readonly ruleArns: readonly string[];
  readonly areTold: CfnCondition;
}

/**
 * The function that rotates what the edge sends to balancers, in the region that has its secrets, and its schedule. It
 * is told of the distribution and of all regions' balancers, and there only once it is: one that it did not know would
 * turn customers away. Where a deploy may not ask one of the regions the rotation rests.
 */
export function shipHeaderRotation(
  global: Stack,
  sites: readonly Site[],
  of: { readonly edge: EdgeComponent; readonly secret: CfnSecret },
): void {
  const [primary] = sites;
  if (primary === undefined) return;
  const { stacks, keyArn, shipment } = primary;
  const stack = stacks.data;
  const { edge, secret } = of;
  const doors = doorsOf(global, sites, stack);
  const once = <Made extends CfnResource>(made: Made): Made => {
    made.cfnOptions.condition = doors.areTold;
    return made;
  };
  const log = new CfnLogGroup(stack, logicalId("origin-verify", "rotation-log"), {
    kmsKeyId: keyArn,
    retentionInDays: LOG_DAYS,
    tags: tagged(shipment, edge),
  });
  keep(log, shipment);
  const role = once(
    shipRole(stack, logicalId("origin-verify", "rotation-role"), {
      assumedBy: "lambda.amazonaws.com",
      tellsAccount: false,
      statements: statements(primary, doors, log.attrArn),
    }),
  );
  const asset = lambdaAsset(stack, logicalId("origin-verify", "rotation-code"), CODE);
  const rotation = once(
    new CfnFunction(stack, logicalId("origin-verify", "rotation-function"), {
      description: `Rotates what the edge of ${physicalName(shipment)} sends to balancers`,
      runtime: LAMBDA.runtimes.value[0],
      architectures: ["arm64"],
      handler: handlerOf(CODE),
      code: { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey },
      role: role.attrArn,
      timeout: TIMEOUT_SECONDS,
      memorySize: MEMORY_MIB,
      environment: {
        variables: {
          DISTRIBUTION_ID: doors.distributionId,
          HEADER: ORIGIN_VERIFY_HEADER,
          NEXT_SECRET: originVerifySecretName(shipment, "next"),
          RULES: `["${doors.ruleArns.join('","')}"]`,
        },
      },
      loggingConfig: { logGroup: log.ref, logFormat: "JSON" },
      tags: tagged(shipment, edge),
    }),
  );
  const permission = once(
    new CfnPermission(stack, logicalId("origin-verify", "rotation-permission"), {
      functionName: rotation.ref,
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: stack.account,
    }),
  );
  const schedule = once(
    new CfnRotationSchedule(stack, logicalId("origin-verify", "rotation"), {
      secretId: secret.ref,
      rotationLambdaArn: rotation.attrArn,
      rotationRules: { automaticallyAfterDays: RDS.rotation.value / DAY_MS },
      rotateImmediatelyOnUpdate: true, // so that a first deploy shows whether it works
    }),
  );
  schedule.addResourceDependency(permission);
}

function doorsOf(global: Stack, sites: readonly Site[], to: Stack): Doors {
  const { shipment } = sites[0]!; // the caller has looked
  const toldOf = (stack: Stack, output: string, nothing?: string) =>
    toldLate(
      shipment,
      { stack: stack.stackName, output },
      { stack: to, parameter: logicalId("edge", output) },
      nothing,
    );
  const distribution = toldOf(global, EDGE_OUTPUTS.distributionId);
  const rules = sites
    .filter(({ presence }) => presence.deployed)
    .map(({ region, stacks, handles }) =>
      routedServices(shipment.topology).flatMap((id) => {
        const [balancer] = handles.get("service", id).balancers;
        if (balancer?.edgeRuleArn === undefined) return [];
        const output = logicalId(id, region.name, "edge-rule-arn");
        tell(stacks.compute, output, balancer.edgeRuleArn);
        return [{ region: region.name, ...toldOf(stacks.compute, output, NO_ARN) }];
      }),
    );
  // What one stack tells is there together, so the first of each region speaks for the others.
  const all = [
    distribution.isTold(logicalId("edge", "distribution", "is-told")),
    ...rules.flatMap(([first]) =>
      first === undefined ? [] : [first.isTold(logicalId("edge-rules", first.region, "are-told"))],
    ),
  ];
  return {
    distributionId: distribution.value,
    firewallArn: toldOf(global, EDGE_OUTPUTS.firewallArn, NO_ARN).value,
    ruleArns: rules.flat().map(({ value }) => value),
    areTold: new CfnCondition(to, logicalId("edge", "is-told"), { expression: Fn.conditionAnd(...all) }),
  };
}

function statements(site: Site, { distributionId, firewallArn, ruleArns }: Doors, logGroupArn: string): Statement[] {
  const { shipment } = site;
  const names = [originVerifySecretName(shipment, "sent"), originVerifySecretName(shipment, "next")];
  return [
    { sid: "Log", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroupArn] },
    ...readSecrets(site, "origin-verify", names),
    ...makeVersions(site, secretArns(site, names)),
    {
      sid: "Send",
      actions: ["cloudfront:GetDistribution", "cloudfront:UpdateDistribution"],
      resources: [`arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distributionId}`],
    },
    // CloudFront asks whether whoever changes a distribution may read the firewall that it names.
    { sid: "KeepFirewall", actions: ["wafv2:GetWebACL"], resources: [firewallArn] },
    { sid: "Accept", actions: ["elasticloadbalancing:ModifyRule"], resources: ruleArns },
  ];
}
