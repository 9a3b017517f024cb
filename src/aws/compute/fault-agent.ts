import type { CfnTaskDefinition } from "aws-cdk-lib/aws-ecs";
import type { CfnRole } from "aws-cdk-lib/aws-iam";
import { Aws } from "aws-cdk-lib";
import { ECS_TASK } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { arnOf, logicalId } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import { type Site, isDev } from "../ship.ts";

/** What the agent may take of a task's memory, in MiB. What needs more is killed, and the task goes on. */
const MEMORY_MIB = 256;

/** Tasks with less than so many times the agent's memory go without it. */
const LEAST_FACTOR = 4;

/**
 * Registers the task with Systems Manager under its own ARN, by which the Fault Injection Service finds it; takes it
 * out again when the task stops. What it lacks it installs when the task starts; where that fails, experiments on this
 * task do, and nothing else: it is not essential.
 */
const SCRIPT = `set -eu
installer=$(command -v dnf || command -v yum)
$installer install --assumeyes --quiet awscli jq procps tar
task=$(curl --silent --fail "$ECS_CONTAINER_METADATA_URI_V4/task")
arn=$(jq --exit-status --raw-output .TaskARN <<< "$task")
zone=$(jq --exit-status --raw-output .AvailabilityZone <<< "$task")
activation=$(aws ssm create-activation --region "$AWS_REGION" --iam-role "$MANAGED_INSTANCE_ROLE_NAME" \\
  --default-instance-name "\${arn##*/}" --registration-limit 1 \\
  --tags "Key=ECS_TASK_ARN,Value=$arn" "Key=ECS_TASK_AVAILABILITY_ZONE,Value=$zone" \\
  Key=FAULT_INJECTION_SIDECAR,Value=true)
id=$(jq --raw-output .ActivationId <<< "$activation")
code=$(jq --raw-output .ActivationCode <<< "$activation")
amazon-ssm-agent -register -code "$code" -id "$id" -region "$AWS_REGION"
amazon-ssm-agent &
agent=$!
leave() {
  instance=$(jq --raw-output .ManagedInstanceID /var/lib/amazon/ssm/registration)
  aws ssm delete-activation --region "$AWS_REGION" --activation-id "$id" || true
  aws ssm deregister-managed-instance --region "$AWS_REGION" --instance-id "$instance" || true
  kill -TERM "$agent"
}
trap leave TERM INT
wait "$agent"
`;

/** The agent of a task, and what the task may do for it. */
export interface FaultAgent {
  readonly container: CfnTaskDefinition.ContainerDefinitionProperty;
  readonly statements: readonly Statement[];
}

/**
 * What the Fault Injection Service needs in a task for its `aws:ecs:task-…` actions; null in the cheap profile and in
 * tasks too small for it. The task must share its process namespace, and have ECS Exec off.
 *
 * https://docs.aws.amazon.com/fis/latest/userguide/ecs-task-actions.html
 */
export function faultAgent(
  site: Site,
  { settings }: ServiceComponent,
  logConfiguration: CfnTaskDefinition.LogConfigurationProperty,
): FaultAgent | null {
  if (isDev(site.shipment) || settings.size.memoryMiB < LEAST_FACTOR * MEMORY_MIB) return null;
  const role = managedInstanceRole(site);
  return {
    container: {
      name: "fault-agent",
      image: ECS_TASK.agentImage.value,
      essential: false,
      memory: MEMORY_MIB,
      memoryReservation: MEMORY_MIB / 4,
      command: ["/bin/bash", "-c", SCRIPT],
      environment: [
        { name: "AWS_REGION", value: site.region.name },
        { name: "MANAGED_INSTANCE_ROLE_NAME", value: role.ref },
      ],
      logConfiguration,
    },
    statements: [
      { sid: "RegisterForFaults", actions: ["ssm:CreateActivation"], resources: ["*"] }, // it knows no resources
      {
        sid: "TagForFaults",
        actions: ["ssm:AddTagsToResource"],
        resources: [arnOf("ssm", site.region.name, "*")], // an activation, whose ARN AWS does not document
      },
      {
        sid: "RoleForFaults",
        actions: ["iam:PassRole"],
        resources: [role.attrArn],
        conditions: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
      },
    ],
  };
}

/** What a registered task is to Systems Manager, once a region: enough for its agent, and to take itself out. */
function managedInstanceRole(site: Site): CfnRole {
  const { stacks, region } = site;
  const id = logicalId("fault-agent-role");
  const made = stacks.compute.node.tryFindChild(id) as CfnRole | undefined;
  return (
    made ??
    shipRole(stacks.compute, id, {
      assumedBy: "ssm.amazonaws.com",
      managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/AmazonSSMManagedInstanceCore`],
      statements: [
        { sid: "EndActivation", actions: ["ssm:DeleteActivation"], resources: ["*"] }, // it knows no resources
        {
          sid: "LeaveSystemsManager",
          actions: ["ssm:DeregisterManagedInstance"],
          resources: [arnOf("ssm", region.name, "managed-instance/*")],
        },
      ],
    })
  );
}
