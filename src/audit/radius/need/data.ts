import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { membersOf } from "../../model/standing/data.ts";
import { type NeedsOf, type ResourceNeed, each, namedAt, oneOf } from "./need.ts";

/** A cluster needs one instance that can write; any of them becomes it. */
function cluster(resource: Resource, model: Model): readonly ResourceNeed[] {
  return oneOf(membersOf(resource, model));
}

function proxy(resource: Resource, model: Model): readonly ResourceNeed[] {
  const groups = model.mentionsOf(resource, "AWS::RDS::DBProxyTargetGroup").map(({ from }) => from);
  return oneOf(
    groups.flatMap((group) => [
      ...model.targets(group.at("DBInstanceIdentifiers")),
      ...model.targets(group.at("DBClusterIdentifiers")),
    ]),
  );
}

const KEY = { path: /Kms|KMS|EncryptionKey|MasterKey/, type: /^AWS::KMS::(Key|Alias)$/ };

/** What cannot be read without its key stops with it. */
function encrypted(resource: Resource, model: Model): readonly ResourceNeed[] {
  return each(namedAt(resource, model, KEY));
}

/** Stores that can have a key of the customer's. */
const ENCRYPTED = [
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
  "AWS::S3::Bucket",
  "AWS::SQS::Queue",
  "AWS::SNS::Topic",
  "AWS::ElastiCache::ReplicationGroup",
  "AWS::SecretsManager::Secret",
  "AWS::OpenSearchService::Domain",
  "AWS::Kinesis::Stream",
  "AWS::EC2::Volume",
];

/** What holds data. */
export const DATA: readonly Readonly<Record<string, NeedsOf>>[] = [
  Object.fromEntries(ENCRYPTED.map((type) => [type, encrypted])),
  {
    "AWS::RDS::DBCluster": cluster,
    "AWS::DocDB::DBCluster": cluster,
    "AWS::Neptune::DBCluster": cluster,
    "AWS::RDS::DBProxy": proxy,
    "AWS::RDS::DBProxyEndpoint": (endpoint, model) => oneOf(model.targets(endpoint.at("DBProxyName"))),
    "AWS::KMS::Alias": (alias, model) => oneOf(model.targets(alias.at("TargetKeyId"))),
    "AWS::EFS::FileSystem": (system, model) => [
      ...encrypted(system, model),
      ...oneOf(model.mentionsOf(system, "AWS::EFS::MountTarget").map(({ from }) => from)),
    ],
    "AWS::EFS::AccessPoint": (point, model) => oneOf(model.targets(point.at("FileSystemId"))),
  },
];
