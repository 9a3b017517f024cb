/** How each type of resource works, in the words of whoever plays it. What has no row here carries requests only. */
import type { Scope } from "../../topology/topology.ts";
import type { Working } from "../../topology/template-system.ts";
import { countOf, groupSizeOf, tasksOf } from "../model/count.ts";
import type { Resource } from "../model/resource.ts";
import { groupsOfService } from "../model/standing/compute.ts";
import { membersOf } from "../model/standing/data.ts";
import { standingOf } from "../model/standing/standing.ts";
import { probeOf } from "./health.ts";
import type { Survey } from "./survey.ts";

/** What a resource is, and how it works. */
export interface Role {
  /** What people call it. */
  readonly kind: string;
  readonly scope: Scope;
  readonly works: Working;
}

type RoleOf = (resource: Resource, survey: Survey) => Role;

/** AWS runs it for the whole region, in the zones of its subnets where it has some. */
const whole =
  (kind: string, scope: Scope = "region"): RoleOf =>
  (resource, survey) => {
    const standing = standingOf(resource, survey.model);
    const zones = standing === undefined ? [] : survey.spreadOver(resource, standing);
    return { kind, scope, works: { kind: "whole", zones } };
  };

/** Instances of which one is enough, each mended by itself. */
const nodes =
  (kind: string, mends: "instance" | "member"): RoleOf =>
  (resource, survey) => {
    const standing = standingOf(resource, survey.model);
    if (standing === undefined) return { kind, scope: "region", works: { kind: "whole", zones: [] } };
    if (!standing.isCounted) survey.notes.add("redundancy", survey.nameOf(resource));
    const { units } = standing;
    const counted = standing.isCounted || survey.view === "likely" ? units : units.slice(0, 1);
    const zones = survey.placed(resource, { units: counted });
    return { kind, scope: "zone", works: { kind: "nodes", zones, mends } };
  };

/** Several of which one takes the writes; one alone waits until AWS has made it anew. */
const members =
  (kind: string, engine: "rds" | "cache"): RoleOf =>
  (resource, survey) => {
    const alone = nodes(kind, "member")(resource, survey);
    if (alone.works.kind !== "nodes" || alone.works.zones.length < 2) return alone;
    return { ...alone, works: { kind: "members", engine, zones: alone.works.zones, isProxied: false } };
  };

/** A cluster that its instances are resources of; where none is told of, what runs it is not told either. */
const cluster: RoleOf = (resource, survey) => {
  const { model } = survey;
  if (standingOf(resource, model) !== undefined) return members("database", "rds")(resource, survey);
  const zones = membersOf(resource, model).flatMap((member) => {
    const standing = standingOf(member, model);
    return standing === undefined ? [] : survey.placed(member, standing);
  });
  const kind = "database";
  if (zones.length === 0) return { kind, scope: "region", works: { kind: "whole", zones } };
  if (zones.length === 1) return { kind, scope: "zone", works: { kind: "nodes", zones, mends: "member" } };
  return { kind, scope: "zone", works: { kind: "members", engine: "aurora", zones, isProxied: false } };
};

/** Tasks or instances that are replaced where one is lost. */
const tasks =
  (countIn: (resource: Resource, survey: Survey) => { readonly least?: number; readonly most?: number }): RoleOf =>
  (resource, survey) => {
    const standing = standingOf(resource, survey.model);
    const zones = standing === undefined ? survey.zones : survey.spreadOver(resource, standing);
    const name = survey.nameOf(resource);
    const told = survey.told.tasks[name];
    const { least, most } = countIn(resource, survey);
    const known = told?.count ?? (least === 0 ? undefined : least);
    if (known === undefined) survey.notes.add("count", name);
    const count = known ?? (survey.view === "worst" ? 1 : zones.length);
    const bears = told?.bears ?? null;
    if (bears === null || survey.told.peak === null) survey.notes.add("load", name);
    const group = groupsOf(resource, survey).at(0);
    const probe = group === undefined ? null : probeOf(group, survey);
    const kind = carriesTasks(resource, survey) ? "node group" : "service";
    const on = resource.type === "AWS::ECS::Service" ? "containers" : "machines";
    const works: Working = { kind: "tasks", on, zones, count, most: Math.max(count, most ?? count), probe, bears };
    return { kind, scope: "zone", works };
  };

/** The target groups that something registers with. */
function groupsOf(resource: Resource, { model }: Survey): readonly Resource[] {
  const named = model.mentionsFrom(resource).map(({ to }) => to);
  return named.filter(({ type }) => type === "AWS::ElasticLoadBalancingV2::TargetGroup");
}

/** Whether a group's instances are there for tasks that are told of by themselves. */
function carriesTasks(group: Resource, { model }: Survey): boolean {
  return model.of("AWS::ECS::Service").some((service) => groupsOfService(service, model).includes(group));
}

const service = tasks((resource, { model }) => {
  const [scaled] = model.mentionsOf(resource, "AWS::ApplicationAutoScaling::ScalableTarget");
  return told({ least: tasksOf(resource, model), most: countOf(scaled?.from.at("MaxCapacity"), undefined) });
});

const group = tasks((resource, { model }) =>
  told({ least: groupSizeOf(resource, model), most: countOf(resource.at("MaxSize"), undefined) }),
);

function told(found: { readonly least: number | undefined; readonly most: number | undefined }) {
  const { least, most } = found;
  return { ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}

/** A file system's data is the region's, unless it is of one zone; it is reached by the zones of its mount targets. */
const fileSystem: RoleOf = (resource, survey) => {
  if (standingOf(resource, survey.model) !== undefined) return nodes("file system", "member")(resource, survey);
  const targets = survey.model.mentionsOf(resource, "AWS::EFS::MountTarget").map(({ from }) => from);
  const zones = targets.flatMap((target) => {
    const standing = standingOf(target, survey.model);
    return standing === undefined ? [] : survey.placed(target, standing);
  });
  return { kind: "file system", scope: "region", works: { kind: "whole", zones } };
};

const balancer: RoleOf = (resource, survey) => {
  const standing = standingOf(resource, survey.model);
  const zones = standing === undefined ? survey.zones : survey.spreadOver(resource, standing);
  return { kind: "balancer", scope: "region", works: { kind: "balancer", zones } };
};

const ROLES: Readonly<Record<string, RoleOf>> = {
  "AWS::CloudFront::Distribution": whole("edge", "global"),
  "AWS::GlobalAccelerator::Accelerator": whole("accelerator", "global"),
  "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
  "AWS::ElasticLoadBalancing::LoadBalancer": balancer,
  "AWS::ApiGateway::RestApi": whole("http-api"),
  "AWS::ApiGatewayV2::Api": whole("http-api"),
  "AWS::AppSync::GraphQLApi": whole("http-api"),
  "AWS::ElasticBeanstalk::Environment": whole("service"),
  "AWS::Lambda::Function": whole("function"),
  "AWS::StepFunctions::StateMachine": whole("state machine"),
  "AWS::ECS::Service": service,
  "AWS::AutoScaling::AutoScalingGroup": group,
  "AWS::EC2::Instance": nodes("service", "instance"),
  "AWS::EC2::Volume": nodes("volume", "member"),
  "AWS::RDS::DBInstance": members("database", "rds"),
  "AWS::RDS::DBCluster": cluster,
  "AWS::DocDB::DBCluster": cluster,
  "AWS::Neptune::DBCluster": cluster,
  "AWS::ElastiCache::ReplicationGroup": members("cache", "cache"),
  "AWS::ElastiCache::CacheCluster": nodes("cache", "member"),
  "AWS::ElastiCache::ServerlessCache": whole("cache"),
  "AWS::MemoryDB::Cluster": whole("cache"),
  "AWS::DAX::Cluster": nodes("cache", "member"),
  "AWS::Redshift::Cluster": nodes("warehouse", "member"),
  "AWS::MSK::Cluster": nodes("broker", "member"),
  "AWS::AmazonMQ::Broker": nodes("broker", "member"),
  "AWS::OpenSearchService::Domain": nodes("search domain", "member"),
  "AWS::Elasticsearch::Domain": nodes("search domain", "member"),
  "AWS::FSx::FileSystem": nodes("file system", "member"),
  "AWS::EFS::FileSystem": fileSystem,
  "AWS::DynamoDB::Table": whole("table"),
  "AWS::DynamoDB::GlobalTable": whole("table"),
  "AWS::S3::Bucket": whole("bucket"),
  "AWS::SQS::Queue": whole("queue"),
  "AWS::SNS::Topic": whole("topic"),
  "AWS::Events::EventBus": whole("bus"),
  "AWS::Kinesis::Stream": whole("stream"),
  "AWS::KinesisFirehose::DeliveryStream": whole("stream"),
};

/** How a resource works; undefined for what carries requests only, and does not fail by itself. */
export function roleOf(resource: Resource, survey: Survey): Role | undefined {
  return ROLES[resource.type]?.(resource, survey);
}
