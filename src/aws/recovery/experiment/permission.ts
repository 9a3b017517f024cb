import { assert } from "../../../base/error.ts";
import { arnOf, physicalName } from "../../name.ts";
import type { Statement } from "../../role.ts";
import type { Site } from "../../ship.ts";
import { FIND_TARGETS, SYSTEM_TAG } from "./action.ts";
import { documentArn } from "./target.ts";

/**
 * What FIS may do for an action, by the action's name: what AWS documents, for this system's resources where the action
 * knows resources.
 *
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
 */
const PERMISSIONS: Readonly<Record<string, (site: Site) => readonly Statement[]>> = {
  "aws:ecs:stop-task": tasks,
  "aws:ecs:task-network-latency": insideTasks,
  "aws:ecs:task-network-blackhole-port": insideTasks,
  "aws:ec2:stop-instances": instances,
  "aws:ec2:asg-insufficient-instance-capacity-error": groups,
  "aws:ebs:pause-volume-io": volumes,
  "aws:ssm:send-command": commands,
  "aws:network:disrupt-connectivity": subnets,
  "aws:rds:failover-db-cluster": clusters,
  "aws:rds:reboot-db-instances": databases,
  "aws:elasticache:replicationgroup-interrupt-az-power": caches,
  "aws:arc:start-zonal-autoshift": shifts,
  "aws:fis:wait": () => [],
};

/** The statements that these actions need, each once. */
export function permissionsFor(site: Site, actionIds: readonly string[]): readonly Statement[] {
  const needed = [...new Set(actionIds)].flatMap((id) => PERMISSIONS[id]?.(site) ?? []);
  const bySid = new Map<string | undefined, Statement>();
  for (const statement of [FIND_TARGETS, ...needed]) {
    const same = bySid.get(statement.sid) ?? statement;
    assert(JSON.stringify(same) === JSON.stringify(statement), `two statements are called ${statement.sid}`);
    bySid.set(statement.sid, statement);
  }
  return [...bySid.values()];
}

/** The actions of FIS that experiments are made of. */
export const KNOWN_ACTIONS: readonly string[] = Object.keys(PERMISSIONS);

function tasks(site: Site): Statement[] {
  const { region } = site;
  const clusterNames = clustersOf(site);
  return [
    {
      sid: "StopTasks",
      actions: ["ecs:DescribeTasks", "ecs:StopTask"],
      resources: clusterNames.map((name) => arnOf("ecs", region.name, `task/${name}/*`)),
    },
    {
      sid: "ListTasks",
      actions: ["ecs:ListTasks"],
      resources: ["*"],
      conditions: inClusters(site),
    },
  ];
}

function insideTasks(site: Site): Statement[] {
  const { region } = site;
  const document = (name: string): string => documentArn(region.name, name);
  return [
    ...tasks(site),
    {
      sid: "RunInTasks",
      actions: ["ssm:SendCommand"],
      resources: [
        arnOf("ssm", region.name, "managed-instance/*"),
        document("AWSFIS-Run-Network-Latency-ECS"),
        document("AWSFIS-Run-Network-Blackhole-Port-ECS"),
      ],
    },
    { sid: "FollowCommands", actions: ["ssm:CancelCommand", "ssm:ListCommands"], resources: ["*"] },
    {
      sid: "LookAtContainerInstances",
      actions: ["ecs:DescribeContainerInstances"],
      resources: ["*"],
      conditions: inClusters(site),
    },
    {
      sid: "LookAtPlacesOfTasks",
      actions: ["ec2:DescribeInstances", "ec2:DescribeSubnets"],
      resources: ["*"],
    },
  ];
}

function inClusters(site: Site): Statement["conditions"] & object {
  return {
    ArnEquals: { "ecs:cluster": clustersOf(site).map((name) => arnOf("ecs", site.region.name, `cluster/${name}`)) },
  };
}

/** The names of the ECS clusters; Kubernetes has none of them. */
function clustersOf({ handles }: Site): readonly string[] {
  const services = handles.all("service").filter(({ platform }) => platform !== "eks");
  return [...new Set(services.map(({ clusterName }) => clusterName))];
}

function instances(site: Site): Statement[] {
  const { region, keyArn } = site;
  return [
    {
      sid: "StopInstances",
      actions: ["ec2:StartInstances", "ec2:StopInstances"],
      resources: [arnOf("ec2", region.name, "instance/*")],
      conditions: ofSystem(site),
    },
    { sid: "LookAtInstances", actions: ["ec2:DescribeInstances"], resources: ["*"] },
    {
      sid: "StartWithDisks",
      actions: ["kms:CreateGrant"],
      resources: [keyArn],
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

function groups({ region }: Site): Statement[] {
  const asked = arnOf("autoscaling", region.name, "autoScalingGroup:*");
  return [
    {
      sid: "RefuseInstances",
      actions: ["ec2:InjectApiError"],
      resources: ["*"],
      conditions: {
        "ForAnyValue:StringEquals": { "ec2:FisActionId": "aws:ec2:asg-insufficient-instance-capacity-error" },
        "ForAllValues:ArnLike": { "ec2:FisTargetArns": asked },
      },
    },
    { sid: "LookAtGroups", actions: ["autoscaling:DescribeAutoScalingGroups"], resources: ["*"] },
  ];
}

function volumes(site: Site): Statement[] {
  const { region } = site;
  return [
    {
      sid: "PauseVolumes",
      actions: ["ec2:PauseVolumeIO"],
      resources: [arnOf("ec2", region.name, "volume/*")],
      conditions: ofSystem(site),
    },
    { sid: "LookAtVolumes", actions: ["ec2:DescribeVolumes"], resources: ["*"] },
  ];
}

function commands(site: Site): Statement[] {
  const { region } = site;
  return [
    {
      sid: "RunOnInstances",
      actions: ["ssm:SendCommand"],
      resources: [arnOf("ec2", region.name, "instance/*")],
      conditions: ofSystem(site),
    },
    {
      sid: "RunDocument",
      actions: ["ssm:SendCommand"],
      resources: [documentArn(region.name, "AWSFIS-Run-Disk-Fill")],
    },
    { sid: "FollowCommands", actions: ["ssm:CancelCommand", "ssm:ListCommands"], resources: ["*"] },
    { sid: "LookAtInstances", actions: ["ec2:DescribeInstances"], resources: ["*"] },
  ];
}

/** FIS puts a network ACL of its own, which it tags, before the subnets, and takes it away again. */
function subnets({ region, network }: Site): Statement[] {
  const acls = arnOf("ec2", region.name, "network-acl/*");
  const vpc = arnOf("ec2", region.name, `vpc/${network.vpcId}`);
  const ids = network.zones.flatMap((zone) => [zone.publicSubnetId, zone.privateSubnetId, zone.isolatedSubnetId]);
  const managed = (key: string) => ({ StringEquals: { [`${key}/managedByFIS`]: "true" } });
  return [
    {
      sid: "TagAcls",
      actions: ["ec2:CreateTags"],
      resources: [acls],
      conditions: { StringEquals: { "aws:RequestTag/managedByFIS": "true", "ec2:CreateAction": "CreateNetworkAcl" } },
    },
    {
      sid: "MakeAcls",
      actions: ["ec2:CreateNetworkAcl"],
      resources: [acls],
      conditions: managed("aws:RequestTag"),
    },
    { sid: "MakeAclsInNetwork", actions: ["ec2:CreateNetworkAcl"], resources: [vpc] },
    {
      sid: "ChangeAcls",
      actions: ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"],
      resources: [acls],
      conditions: managed("ec2:ResourceTag"),
    },
    {
      sid: "PutAcls",
      actions: ["ec2:ReplaceNetworkAclAssociation"],
      resources: [acls, ...[...new Set(ids)].map((id) => arnOf("ec2", region.name, `subnet/${id}`))],
    },
    {
      sid: "LookAtNetwork",
      actions: ["ec2:DescribeManagedPrefixLists", "ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
      resources: ["*"],
    },
  ];
}

function clusters({ handles, region }: Site): Statement[] {
  const arns = handles
    .all("database")
    .flatMap(({ clusterIdentifier, arn }) => (clusterIdentifier === null ? [] : [arn]));
  return [
    { sid: "FailClustersOver", actions: ["rds:FailoverDBCluster"], resources: arns },
    {
      sid: "LookAtClusters",
      actions: ["rds:DescribeDBClusters"],
      resources: [arnOf("rds", region.name, "cluster:*")],
    },
    lookAtDatabases(region.name),
  ];
}

function databases({ handles, region }: Site): Statement[] {
  const ids = handles
    .all("database")
    .flatMap(({ clusterIdentifier, instanceIdentifiers }) => (clusterIdentifier === null ? instanceIdentifiers : []));
  return [
    {
      sid: "RebootDatabases",
      actions: ["rds:RebootDBInstance"],
      resources: ids.map((id) => arnOf("rds", region.name, `db:${id}`)),
    },
    lookAtDatabases(region.name),
  ];
}

function lookAtDatabases(region: string): Statement {
  return { sid: "LookAtDatabases", actions: ["rds:DescribeDBInstances"], resources: [arnOf("rds", region, "db:*")] };
}

function caches({ handles, region }: Site): Statement[] {
  const groups = handles
    .all("cache")
    .map(({ replicationGroupId }) => arnOf("elasticache", region.name, `replicationgroup:${replicationGroupId}`));
  return [
    {
      sid: "InterruptCaches",
      actions: ["elasticache:DescribeReplicationGroups", "elasticache:InterruptClusterAzPower"],
      resources: groups,
    },
  ];
}

function shifts({ handles }: Site): Statement[] {
  const arns = handles.all("service").flatMap(({ balancers }) => balancers.map(({ arn }) => arn));
  return [
    {
      sid: "Shift",
      actions: [
        "arc-zonal-shift:CancelZonalShift",
        "arc-zonal-shift:GetManagedResource",
        "arc-zonal-shift:StartZonalShift",
        "arc-zonal-shift:UpdateZonalShift",
      ],
      resources: arns,
    },
    {
      sid: "ListShiftable",
      actions: ["arc-zonal-shift:ListManagedResources", "autoscaling:DescribeTags"],
      resources: ["*"],
    },
  ];
}

/** Nothing but what the system's stacks made. */
function ofSystem({ shipment }: Site): Statement["conditions"] & object {
  return { StringEquals: { [`aws:ResourceTag/${SYSTEM_TAG}`]: physicalName(shipment) } };
}
