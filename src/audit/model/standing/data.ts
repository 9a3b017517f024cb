import type { Answer } from "../../../base/answer.ts";
import { isOneOf, isSet, isTrue } from "../../evaluate/judge.ts";
import { type Value, isList } from "../../evaluate/value.ts";
import { countOf } from "../count.ts";
import { derived } from "../derived.ts";
import type { Model } from "../model.ts";
import { type Places, placesOf, zoneNamed, zonesIn } from "../place.ts";
import type { Resource } from "../resource.ts";
import { type Standing, type StandingOf, alone, spread } from "./unit.ts";

/** The types whose members are resources of their own, by the type of the member. */
const CLUSTER_OF_MEMBER: ReadonlyMap<string, string> = new Map([
  ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"],
  ["AWS::DocDB::DBInstance", "AWS::DocDB::DBCluster"],
  ["AWS::Neptune::DBInstance", "AWS::Neptune::DBCluster"],
]);

const membersByCluster = derived((model) =>
  Map.groupBy(
    model
      .of(...CLUSTER_OF_MEMBER.keys())
      .filter((member) => model.target(member.at("DBClusterIdentifier")) !== undefined),
    (member) => model.target(member.at("DBClusterIdentifier"))?.key ?? "",
  ),
);

/** The instances of an Aurora, DocumentDB or Neptune cluster. */
export function membersOf(cluster: Resource, model: Model): readonly Resource[] {
  return membersByCluster(model).get(cluster.key) ?? [];
}

/** The zones of the subnet group that a property names. */
function placesOfGroup(name: Value | undefined, model: Model): Places {
  return placesOf(model.target(name)?.at("SubnetIds"), model);
}

/** One node or several: as many as are told, of which a failover may need another one. */
function redundant(given: Places, isRedundant: Answer, count = 2): Standing {
  if (isRedundant === "no") return spread(given, 1);
  return { ...spread(given, count), isCounted: isRedundant === "yes" };
}

function databaseInstance(resource: Resource, model: Model): Standing {
  const cluster = model.target(resource.at("DBClusterIdentifier"));
  if (cluster !== undefined) return member(resource, cluster, model);
  const pinned = zoneNamed(resource.at("AvailabilityZone"));
  const isMultiAz = isTrue(resource.at("MultiAZ"));
  if (pinned !== undefined && isMultiAz === "no") return alone({ zone: pinned, subnet: undefined });
  return redundant(placesOfGroup(resource.at("DBSubnetGroupName"), model), isMultiAz);
}

/** A member of a cluster: where it is pinned to, else where it comes to stand when members are spread over zones. */
function member(resource: Resource, cluster: Resource, model: Model): Standing {
  const pinned = zoneNamed(resource.at("AvailabilityZone"));
  if (pinned !== undefined) return alone({ zone: pinned, subnet: undefined });
  const given = placesOfGroup(cluster.at("DBSubnetGroupName") ?? resource.at("DBSubnetGroupName"), model);
  const members = membersOf(cluster, model);
  const zones = zonesIn(given);
  const zone = zones[members.indexOf(resource) % zones.length];
  return members.length > 1 && given.whole && zone !== undefined
    ? { ...alone({ zone, subnet: undefined }), given }
    : spread(given, 1);
}

/** A Multi-AZ cluster of RDS, which has three instances of its own. An Aurora cluster is its members. */
function databaseCluster(cluster: Resource, model: Model): Standing | undefined {
  if (isSet(cluster.at("DBClusterInstanceClass")) !== "yes") return undefined;
  return spread(placesOfGroup(cluster.at("DBSubnetGroupName"), model), 3);
}

/** The zones that a cache's nodes are pinned to; none where AWS spreads them. */
function pinnedZones(value: Value | undefined): Places | undefined {
  if (!isList(value)) return undefined;
  const zones = value.map(zoneNamed).filter((zone) => zone !== undefined);
  return { places: zones.map((zone) => ({ zone, subnet: undefined })), whole: zones.length === value.length };
}

function replicationGroup(resource: Resource, model: Model): Standing {
  const given =
    pinnedZones(resource.at("PreferredCacheClusterAZs")) ?? placesOfGroup(resource.at("CacheSubnetGroupName"), model);
  const replicas = resource.at("ReplicasPerNodeGroup");
  const nodes =
    replicas === undefined ? countOf(resource.at("NumCacheClusters"), 1) : addOne(countOf(replicas, undefined));
  const failsOver = isTrue(resource.at("AutomaticFailoverEnabled"));
  // Without a failover the primary is needed, whatever replicas there are.
  if (failsOver === "no" || nodes === 1) return spread(given, 1);
  const standing = spread(given, nodes);
  return failsOver === "yes" ? standing : { ...standing, isCounted: false };
}

function addOne(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count + 1;
}

function cacheCluster(resource: Resource, model: Model): Standing {
  const pinned = zoneNamed(resource.at("PreferredAvailabilityZone"));
  if (pinned !== undefined) return alone({ zone: pinned, subnet: undefined });
  const given = placesOfGroup(resource.at("CacheSubnetGroupName"), model);
  const count = countOf(resource.at("NumCacheNodes"), 1);
  const nodes = isOneOf(resource.at("AZMode"), ["cross-az"]) === "yes" ? count : 1;
  return spread(pinnedZones(resource.at("PreferredAvailabilityZones")) ?? given, nodes);
}

function broker(resource: Resource, model: Model): Standing {
  const isRedundant = isOneOf(resource.at("DeploymentMode"), ["ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"]);
  const isCluster = resource.at("DeploymentMode") === "CLUSTER_MULTI_AZ";
  return redundant(placesOf(resource.at("SubnetIds"), model), isRedundant, isCluster ? 3 : 2);
}

function searchDomain(resource: Resource, model: Model): Standing {
  const settings = resource.at("ClusterConfig") === undefined ? "ElasticsearchClusterConfig" : "ClusterConfig";
  const given = placesOf(resource.at("VPCOptions.SubnetIds"), model);
  const count = countOf(resource.at(`${settings}.InstanceCount`), 1);
  const isSpread = isTrue(resource.at(`${settings}.ZoneAwarenessEnabled`));
  return count === 1 ? spread(given, 1) : redundant(given, isSpread, count);
}

function fileServer(resource: Resource, model: Model): Standing | undefined {
  const type = [
    "WindowsConfiguration.DeploymentType",
    "OntapConfiguration.DeploymentType",
    "OpenZFSConfiguration.DeploymentType",
  ].map((path) => resource.at(path));
  const isMultiAz = type.some((each) => typeof each === "string" && each.startsWith("MULTI_AZ"));
  return redundant(placesOf(resource.at("SubnetIds"), model), isMultiAz ? "yes" : "no");
}

/** A file system in one zone; any other is the region's. */
function elasticFileSystem(resource: Resource): Standing | undefined {
  const zone = zoneNamed(resource.at("AvailabilityZoneName"));
  return zone === undefined ? undefined : alone({ zone, subnet: undefined });
}

/** How what holds data stands. */
export const DATA: Readonly<Record<string, StandingOf>> = {
  "AWS::RDS::DBInstance": databaseInstance,
  "AWS::RDS::DBCluster": databaseCluster,
  "AWS::DocDB::DBInstance": databaseInstance,
  "AWS::Neptune::DBInstance": databaseInstance,
  "AWS::ElastiCache::ReplicationGroup": replicationGroup,
  "AWS::ElastiCache::CacheCluster": cacheCluster,
  "AWS::DAX::Cluster": (cluster, model) =>
    spread(
      pinnedZones(cluster.at("AvailabilityZones")) ?? placesOfGroup(cluster.at("SubnetGroupName"), model),
      countOf(cluster.at("ReplicationFactor"), undefined),
    ),
  "AWS::Redshift::Cluster": (cluster, model) =>
    redundant(placesOfGroup(cluster.at("ClusterSubnetGroupName"), model), isTrue(cluster.at("MultiAZ"))),
  "AWS::MSK::Cluster": (cluster, model) =>
    spread(
      placesOf(cluster.at("BrokerNodeGroupInfo.ClientSubnets"), model),
      countOf(cluster.at("NumberOfBrokerNodes"), undefined),
    ),
  "AWS::AmazonMQ::Broker": broker,
  "AWS::OpenSearchService::Domain": searchDomain,
  "AWS::Elasticsearch::Domain": searchDomain,
  "AWS::FSx::FileSystem": fileServer,
  "AWS::EFS::FileSystem": elasticFileSystem,
};
