import type { Estate, Resource } from "../../src/aws/refused/estate.ts";
import { field, items, listed, numberOf, textOf } from "../../src/aws/template.ts";

/** A check of several resources at once, by the line of the list of checks: what it looked at, and what is wrong. */
export interface RelationCheck {
  readonly line: number;
  readonly what: string;
  readonly look: (estate: Estate) => { readonly seen: number; readonly defects: readonly string[] };
}

const ALARM = "AWS::CloudWatch::Alarm";
const named = ({ stack, logicalId }: Resource): string => `${stack} ${logicalId}`;

/** A check of each resource by itself, where the others must be known. */
function each(
  line: number,
  what: string,
  type: string,
  defect: (resource: Resource, estate: Estate) => boolean,
): RelationCheck {
  return {
    line,
    what,
    look: (estate) => ({
      seen: estate.of(type).length,
      defects: estate
        .of(type)
        .filter((resource) => defect(resource, estate))
        .map(named),
    }),
  };
}

/** Whether some alarm of `metric` has a dimension that names the resource. */
function isWatched(resource: Resource, metric: string, estate: Estate): boolean {
  return estate.of(ALARM).some(({ properties, stack }) => {
    const single = [{ MetricName: properties["MetricName"], Dimensions: properties["Dimensions"] }];
    const several = items(properties["Metrics"]).map((metric) => field(metric, "MetricStat.Metric"));
    return [...single, ...several]
      .filter((each) => field(each, "MetricName") === metric)
      .flatMap((each) => items(field(each, "Dimensions")))
      .some((dimension) => estate.target(field(dimension, "Value"), stack) === resource);
  });
}

/** The dead letters of another queue, a topic, a rule or a function: it says who may redrive there, or is named. */
function isDeadLetters(queue: Resource, estate: Estate): boolean {
  if (queue.properties["RedriveAllowPolicy"] !== undefined) return true;
  return estate.resources.some(({ properties, stack }) =>
    [
      field(properties, "DeadLetterConfig.TargetArn"),
      field(properties, "RedrivePolicy.deadLetterTargetArn"),
      field(properties, "DestinationConfig.OnFailure.Destination"),
      field(properties, "Target.DeadLetterConfig.Arn"),
      ...items(properties["Targets"]).map((target) => field(target, "DeadLetterConfig.Arn")),
    ].some((value) => estate.target(value, stack) === queue),
  );
}

const EDGE: readonly RelationCheck[] = [
  each(2, "failover codes", "AWS::CloudFront::Distribution", ({ properties }) =>
    items(field(properties, "DistributionConfig.OriginGroups.Items")).some((group) => {
      const codes = items(field(group, "FailoverCriteria.StatusCodes.Items")).map(numberOf);
      return ![500, 502, 503, 504].every((code) => codes.includes(code));
    }),
  ),
  each(5, "short attempts at origins", "AWS::CloudFront::Distribution", ({ properties }) =>
    items(field(properties, "DistributionConfig.Origins")).some(
      (origin) =>
        (numberOf(field(origin, "ConnectionAttempts")) ?? 3) * (numberOf(field(origin, "ConnectionTimeout")) ?? 10) >
        10,
    ),
  ),
  each(6, "health of failover and weighted records", "AWS::Route53::RecordSet", ({ properties }) => {
    const routed = ["Failover", "Weight", "Region"].some((key) => properties[key] !== undefined);
    const judged = properties["HealthCheckId"] ?? field(properties, "AliasTarget.EvaluateTargetHealth");
    return routed && (judged === undefined || judged === false);
  }),
  each(7, "a secondary for each primary", "AWS::Route53::RecordSet", ({ properties }, estate) => {
    if (properties["Failover"] !== "PRIMARY") return false;
    return !estate
      .of("AWS::Route53::RecordSet")
      .some(
        (other) =>
          other.properties["Failover"] === "SECONDARY" &&
          textOf(other.properties["Name"]) === textOf(properties["Name"]),
      );
  }),
  each(9, "a TTL of a minute at most", "AWS::Route53::RecordSet", ({ properties }) => {
    const routed = ["Failover", "Weight", "Region"].some((key) => properties[key] !== undefined);
    return routed && (numberOf(properties["TTL"]) ?? 0) > 60;
  }),
  each(19, "a rate rule", "AWS::WAFv2::WebACL", ({ properties }) =>
    items(properties["Rules"]).every((rule) => field(rule, "Statement.RateBasedStatement") === undefined),
  ),
];

const COMPUTE: readonly RelationCheck[] = [
  each(
    40,
    "services that scale",
    "AWS::ECS::Service",
    (resource, estate) =>
      !estate
        .of("AWS::ApplicationAutoScaling::ScalableTarget")
        .some(
          ({ properties, stack }) =>
            stack === resource.stack && JSON.stringify(properties["ResourceId"]).includes(`"${resource.logicalId}"`),
        ),
  ),
  each(45, "logs that block nobody", "AWS::ECS::TaskDefinition", ({ properties }) =>
    items(properties["ContainerDefinitions"]).some(
      (container) =>
        field(container, "LogConfiguration.LogDriver") === "awslogs" &&
        field(container, "LogConfiguration.Options.mode") !== "non-blocking",
    ),
  ),
  each(
    55,
    "messages hidden six times as long as the function runs",
    "AWS::Lambda::EventSourceMapping",
    ({ properties, stack }, estate) => {
      const queue = estate.target(properties["EventSourceArn"], stack);
      const named = estate.target(properties["FunctionName"], stack);
      const worker =
        named?.type === "AWS::Lambda::Function"
          ? named
          : named && estate.target(named.properties["FunctionName"], named.stack);
      if (queue === undefined || worker === undefined) return false;
      return (
        (numberOf(queue.properties["VisibilityTimeout"]) ?? 30) < 6 * (numberOf(worker.properties["Timeout"]) ?? 3)
      );
    },
  ),
  each(
    32,
    "launch templates",
    "AWS::AutoScaling::AutoScalingGroup",
    ({ properties }) => (properties["LaunchTemplate"] ?? properties["MixedInstancesPolicy"]) === undefined,
  ),
  each(
    25,
    "health by the balancer",
    "AWS::AutoScaling::AutoScalingGroup",
    ({ properties }) =>
      items(properties["TargetGroupARNs"]).length > 0 && !textOf(properties["HealthCheckType"]).includes("ELB"),
  ),
];

const MESSAGING: readonly RelationCheck[] = [
  each(
    71,
    "dead letters of queues",
    "AWS::SQS::Queue",
    (queue, estate) => queue.properties["RedrivePolicy"] === undefined && !isDeadLetters(queue, estate),
  ),
  each(72, "dead letters that stay longer", "AWS::SQS::Queue", ({ properties, stack }, estate) => {
    const letters = estate.target(field(properties, "RedrivePolicy.deadLetterTargetArn"), stack);
    const keeps = (queue: Resource["properties"]) => numberOf(queue["MessageRetentionPeriod"]) ?? 345_600;
    return letters !== undefined && keeps(letters.properties) < keeps(properties);
  }),
  each(75, "alarms on dead letters and on old messages", "AWS::SQS::Queue", (queue, estate) => {
    if (queue.properties["RedrivePolicy"] === undefined) return false;
    const letters = estate.target(field(queue.properties, "RedrivePolicy.deadLetterTargetArn"), queue.stack);
    const deep = letters === undefined || isWatched(letters, "ApproximateNumberOfMessagesVisible", estate);
    return !deep || !isWatched(queue, "ApproximateAgeOfOldestMessage", estate);
  }),
  each(77, "dead letters and retries of rules", "AWS::Events::Rule", ({ properties }) =>
    items(properties["Targets"]).some(
      (target) => field(target, "DeadLetterConfig") === undefined || field(target, "RetryPolicy") === undefined,
    ),
  ),
  each(
    78,
    "an archive of each bus",
    "AWS::Events::EventBus",
    (bus, estate) =>
      !estate
        .of("AWS::Events::Archive")
        .some(({ properties, stack }) => estate.target(properties["SourceArn"], stack) === bus),
  ),
];

const DATA: readonly RelationCheck[] = [
  each(86, "a reader beside each writer, in another zone", "AWS::RDS::DBCluster", (cluster, estate) => {
    const instances = estate
      .of("AWS::RDS::DBInstance")
      .filter(({ properties, stack }) => estate.target(properties["DBClusterIdentifier"], stack) === cluster);
    const zones = new Set(instances.map(({ properties }) => textOf(properties["AvailabilityZone"])));
    return instances.length > 0 && (instances.length < 2 || zones.size < 2);
  }),
  each(
    113,
    "versions",
    "AWS::S3::Bucket",
    ({ properties }) => field(properties, "VersioningConfiguration.Status") !== "Enabled",
  ),
  each(116, "delete markers are replicated", "AWS::S3::Bucket", ({ properties }) =>
    items(field(properties, "ReplicationConfiguration.Rules")).some(
      (rule) => field(rule, "DeleteMarkerReplication.Status") !== "Enabled",
    ),
  ),
  each(
    117,
    "a mount target in each zone",
    "AWS::EFS::FileSystem",
    (files, estate) =>
      estate
        .of("AWS::EFS::MountTarget")
        .filter(({ properties, stack }) => estate.target(properties["FileSystemId"], stack) === files).length < 3,
  ),
];

const NETWORK: readonly RelationCheck[] = [
  {
    line: 125,
    what: "a way out of each zone through its own gateway",
    look: (estate) => {
      const routes = estate.of("AWS::EC2::Route").filter(({ properties }) => properties["NatGatewayId"] !== undefined);
      const used = routes.map(({ properties, stack }) => `${stack} ${textOf(properties["NatGatewayId"])}`);
      return { seen: routes.length, defects: used.filter((gateway, at) => used.indexOf(gateway) !== at) };
    },
  },
  each(
    127,
    "endpoints over zones",
    "AWS::EC2::VPCEndpoint",
    ({ properties }) => properties["VpcEndpointType"] === "Interface" && items(properties["SubnetIds"]).length < 2,
  ),
  each(
    134,
    "no zone by its name",
    "AWS::EC2::Subnet",
    ({ properties }) => typeof properties["AvailabilityZone"] === "string",
  ),
];

const WATCHING: readonly RelationCheck[] = [
  each(147, "an action, or something that reads it", ALARM, (alarm, estate) => {
    if (items(alarm.properties["AlarmActions"]).length > 0) return false;
    const name = textOf(alarm.properties["AlarmName"] ?? "?");
    return !estate.resources
      .filter((other) => other !== alarm && other.type !== ALARM)
      .some(({ properties, stack }) => {
        const text = JSON.stringify(properties);
        return (stack === alarm.stack && text.includes(`"${alarm.logicalId}"`)) || text.includes(name);
      });
  }),
  each(137, "copies of backups in another region", "AWS::Backup::BackupPlan", ({ properties }) =>
    listed(field(properties, "BackupPlan.BackupPlanRule")).every(
      (rule) => items(field(rule, "CopyActions")).length === 0,
    ),
  ),
  each(
    138,
    "a locked vault",
    "AWS::Backup::BackupVault",
    ({ properties }) => properties["LockConfiguration"] === undefined,
  ),
  {
    line: 141,
    what: "restores are tested",
    look: (estate) => {
      const plans = estate.of("AWS::Backup::BackupPlan").length;
      const tests = estate.of("AWS::Backup::RestoreTestingPlan").length;
      return { seen: plans, defects: plans > 0 && tests === 0 ? ["no restore testing plan"] : [] };
    },
  },
];

/** What every system of production must have, over more than one resource. */
export const RELATION_CHECKS: readonly RelationCheck[] = [
  ...EDGE,
  ...COMPUTE,
  ...MESSAGING,
  ...DATA,
  ...NETWORK,
  ...WATCHING,
];
