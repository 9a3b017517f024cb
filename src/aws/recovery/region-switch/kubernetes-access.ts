import { Aws, type Stack } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { namespaceOf } from "../../compute/kubernetes.ts";
import { logicalId } from "../../name.ts";
import type { Site } from "../../ship.ts";
import { tell, toldLate } from "../../wire.ts";
import type { Plan } from "./step.ts";

/** The output with the role that the plan is executed with, which a cluster of the other region has to know. */
const ROLE_ARN = "RegionSwitchRoleArn";

/** EKS's policy for just this: to scale deployments and their autoscalers, and to look how far they are. */
const POLICY = "AmazonARCRegionSwitchScalingPolicy";

/**
 * Lets the plan scale deployments in the clusters of both regions. IAM opens EKS's API to it; what it may do in a
 * cluster, the cluster says, and says it for the system's own namespace alone.
 *
 * https://docs.aws.amazon.com/r53recovery/latest/dg/eks-resource-scaling-block.html
 */
export function letPlanScale({ stack, shipment, sites }: Plan, roleArn: string): void {
  const [first] = sites;
  if (clustersOf(first).length === 0) return;
  for (const site of sites) {
    if (site.stacks.compute.region === stack.region) {
      for (const name of clustersOf(site)) shipEntry(stack, site, { name, roleArn });
      continue;
    }
    const { watch } = site.stacks;
    tell(stack, ROLE_ARN, roleArn);
    const from = { stack: stack.stackName, output: ROLE_ARN };
    const told = toldLate(shipment, from, { stack: watch, parameter: ROLE_ARN });
    for (const name of clustersOf(site)) {
      shipEntry(watch, site, { name, roleArn: told.value }).cfnOptions.condition = told.isTold(`${ROLE_ARN}IsTold`);
    }
  }
}

function shipEntry(stack: Stack, site: Site, of: { readonly name: string; readonly roleArn: string }): CfnAccessEntry {
  return new CfnAccessEntry(stack, logicalId("region-switch", "access"), {
    clusterName: of.name,
    principalArn: of.roleArn,
    accessPolicies: [
      {
        policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/${POLICY}`,
        accessScope: { type: "namespace", namespaces: [namespaceOf(site)] },
      },
    ],
  });
}

/** The one cluster of a region, which all services on `eks` share; none where there is none. */
function clustersOf({ handles }: Site): readonly string[] {
  const names = handles
    .all("service")
    .flatMap(({ platform, clusterName }) => (platform === "eks" ? [clusterName] : []));
  return [...new Set(names)];
}
