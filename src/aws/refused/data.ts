import { field, isTrue, items, leastLength, numberOf, textOf } from "../template.ts";
import type { Estate, Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const CLUSTER = "AWS::RDS::DBCluster";
const RDS_REFERENCE = "AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html";

/** Whether a cluster is part of an Aurora global database, as a member or as the source that one is made of. */
function isGlobal(cluster: Resource, estate: Estate): boolean {
  const identifier = textOf(cluster.properties["DBClusterIdentifier"]);
  return (
    cluster.properties["GlobalClusterIdentifier"] !== undefined ||
    estate.of("AWS::RDS::GlobalCluster").some(({ properties, stack }) => {
      const source = properties["SourceDBClusterIdentifier"];
      return (
        source !== undefined && (estate.target(source, stack) === cluster || textOf(source).endsWith(`:${identifier}`))
      );
    })
  );
}

const aurora: readonly Refusal[] = [
  refusalOf(
    CLUSTER,
    [
      "aurora-global-managed-password",
      "RDS does not keep the password of a cluster in an Aurora global database",
      "AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
    ],
    (resource, estate) =>
      isTrue(resource.properties["ManageMasterUserPassword"]) && isGlobal(resource, estate)
        ? [["Properties.ManageMasterUserPassword", "in a global database"]]
        : [],
  ),
  refusal(
    "aurora-secondary-credentials",
    "a secondary cluster of a global database has its credentials from the primary one",
    RDS_REFERENCE,
    (estate) =>
      estate.of(CLUSTER).flatMap((resource) => {
        const { properties } = resource;
        const global = properties["GlobalClusterIdentifier"];
        if (global === undefined || properties["MasterUsername"] === undefined) return [];
        const homes = estate
          .of("AWS::RDS::GlobalCluster")
          .filter((each) => estate.target(global, resource.stack) === each || sameGlobal(each, global));
        const secondary = homes.some(
          (home) => home.region !== resource.region || home.properties["SourceDBClusterIdentifier"] !== undefined,
        );
        return secondary ? [{ resource, path: "Properties.MasterUsername", message: "on a secondary cluster" }] : [];
      }),
  ),
  refusalOf(
    CLUSTER,
    [
      "rds-restored-credentials",
      "a cluster made of a snapshot or another cluster has its credentials from there",
      RDS_REFERENCE,
    ],
    ({ properties }) => {
      const source = properties["SnapshotIdentifier"] ?? properties["SourceDBClusterIdentifier"];
      return source !== undefined && properties["MasterUsername"] !== undefined
        ? [["Properties.MasterUsername", "beside a source"]]
        : [];
    },
  ),
  refusalOf(
    "AWS::RDS::DBClusterParameterGroup",
    [
      "aurora-global-rpo",
      "rds.global_db_rpo is at least 20 seconds",
      "AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html",
    ],
    ({ properties }) => {
      const seconds = numberOf(rpoOf(properties["Parameters"]));
      return seconds !== undefined && seconds < 20 ? [["Properties.Parameters", `${seconds} s`]] : [];
    },
  ),
];

function sameGlobal({ properties }: Resource, identifier: Resource["properties"][string]): boolean {
  const own = properties["GlobalClusterIdentifier"];
  return own !== undefined && textOf(own) === textOf(identifier);
}

/** The parameter's name has a dot, so that `field` would take it for a path. */
function rpoOf(parameters: Resource["properties"][string]): Resource["properties"][string] {
  return typeof parameters === "object" && parameters !== null
    ? (parameters as Resource["properties"])["rds.global_db_rpo"]
    : undefined;
}

const IDENTIFIERS: readonly (readonly [type: string, property: string])[] = [
  ["AWS::RDS::DBCluster", "DBClusterIdentifier"],
  ["AWS::RDS::DBInstance", "DBInstanceIdentifier"],
  ["AWS::RDS::GlobalCluster", "GlobalClusterIdentifier"],
];

const rds: readonly Refusal[] = [
  refusal(
    "rds-identifier",
    "a database's identifier has 1 to 63 letters, digits and single hyphens, and begins with a letter",
    RDS_REFERENCE,
    (estate) =>
      IDENTIFIERS.flatMap(([type, property]) =>
        estate.of(type).flatMap((resource) => {
          const value = resource.properties[property];
          if (value === undefined) return [];
          const wrong =
            leastLength(value) > 63 || (typeof value === "string" && !/^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(value));
          return wrong ? [{ resource, path: `Properties.${property}`, message: textOf(value) }] : [];
        }),
      ),
  ),
  refusalOf(
    "AWS::RDS::DBInstance",
    [
      "rds-replica-settings",
      "a read replica has its name, credentials and backups from its source",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html",
    ],
    ({ properties }) =>
      properties["SourceDBInstanceIdentifier"] === undefined
        ? []
        : ["DBName", "MasterUsername", "MasterUserPassword", "ManageMasterUserPassword"]
            .filter((key) => properties[key] !== undefined)
            .map((key) => [`Properties.${key}`, "on a read replica"]),
  ),
  refusalOf(
    ["AWS::RDS::DBInstance", CLUSTER],
    [
      "rds-monitoring-role",
      "enhanced monitoring needs a role, and a role needs an interval",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html",
    ],
    ({ properties }) => {
      const on = (numberOf(properties["MonitoringInterval"]) ?? 0) > 0;
      const role = properties["MonitoringRoleArn"] !== undefined;
      return on === role ? [] : [["Properties.MonitoringInterval", on ? "no MonitoringRoleArn" : "0, with a role"]];
    },
  ),
  refusalOf(
    "AWS::RDS::DBProxy",
    [
      "rds-proxy-subnets",
      "a proxy has subnets in at least two zones",
      "AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html",
    ],
    ({ properties }) =>
      new Set(items(properties["VpcSubnetIds"]).map(textOf)).size < 2
        ? [["Properties.VpcSubnetIds", "fewer than two subnets"]]
        : [],
  ),
  refusalOf(
    "AWS::RDS::DBProxy",
    [
      "rds-proxy-secret",
      "a proxy's secret has a username and a password",
      "AmazonRDS/latest/UserGuide/rds-proxy-secrets-arns.html",
    ],
    ({ properties, stack }, estate) =>
      items(properties["Auth"]).flatMap((auth, at) => {
        const secret = estate.target(field(auth, "SecretArn"), stack);
        const generated = field(secret?.properties["GenerateSecretString"], "GenerateStringKey");
        const template = textOf(field(secret?.properties["GenerateSecretString"], "SecretStringTemplate"));
        if (secret?.properties["GenerateSecretString"] === undefined) return [];
        return generated === "password" && template.includes('"username"')
          ? []
          : [[`Properties.Auth.${at}`, `${secret.logicalId} lacks a username or a password`] as const];
      }),
  ),
  refusalOf(
    "AWS::RDS::DBSubnetGroup",
    [
      "rds-subnet-zones",
      "a database's subnets are in at least two zones",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbsubnetgroup.html",
    ],
    ({ properties }) =>
      Array.isArray(properties["SubnetIds"]) && new Set(items(properties["SubnetIds"]).map(textOf)).size < 2
        ? [["Properties.SubnetIds", "fewer than two subnets"]]
        : [],
  ),
];

const GROUP = "AWS::ElastiCache::ReplicationGroup";
const USERS = "AWS::ElastiCache::UserGroup";
const RBAC_PAGE = "AmazonElastiCache/latest/dg/Clusters.RBAC.html";
const GROUP_PAGE = "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html";

const caches: readonly Refusal[] = [
  refusalOf(
    GROUP,
    ["elasticache-failover", "automatic failover needs a replica, and Multi-AZ needs automatic failover", GROUP_PAGE],
    ({ properties }) => {
      const failover = isTrue(properties["AutomaticFailoverEnabled"]);
      const nodes = numberOf(properties["NumCacheClusters"]);
      const replicas = numberOf(properties["ReplicasPerNodeGroup"]);
      const alone = (nodes !== undefined && nodes < 2) || (nodes === undefined && replicas === 0);
      if (failover && alone) return [["Properties.AutomaticFailoverEnabled", "without a replica"]];
      return isTrue(properties["MultiAZEnabled"]) && !failover
        ? [["Properties.MultiAZEnabled", "without automatic failover"]]
        : [];
    },
  ),
  refusalOf(
    GROUP,
    ["elasticache-password-without-tls", "a password or users need encryption in transit", GROUP_PAGE],
    ({ properties }) => {
      const secret = properties["AuthToken"] ?? properties["UserGroupIds"];
      return secret !== undefined && !isTrue(properties["TransitEncryptionEnabled"])
        ? [["Properties.TransitEncryptionEnabled", "off, with a password"]]
        : [];
    },
  ),
  refusalOf(
    GROUP,
    ["elasticache-token-and-users", "a cache has a password or users, not both", RBAC_PAGE],
    ({ properties }) =>
      properties["AuthToken"] !== undefined && properties["UserGroupIds"] !== undefined
        ? [["Properties.AuthToken", "beside UserGroupIds"]]
        : [],
  ),
  refusalOf(
    GROUP,
    ["elasticache-users-of-redis", "a cache of Redis takes the users of Redis's groups alone", RBAC_PAGE],
    ({ properties, stack }, estate) =>
      properties["Engine"] === "redis"
        ? items(properties["UserGroupIds"]).flatMap((group, at) =>
            estate.target(group, stack)?.properties["Engine"] === "valkey"
              ? [[`Properties.UserGroupIds.${at}`, "of Valkey's"] as const]
              : [],
          )
        : [],
  ),
  refusalOf(
    USERS,
    [
      "elasticache-default-user",
      "a group of Redis's users has one of the name default",
      "AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html",
    ],
    ({ properties, stack }, estate) => {
      const named = items(properties["UserIds"]).map(
        (id) => estate.target(id, stack)?.properties["UserName"] ?? (id === "default" ? id : null),
      );
      const isMissing = properties["Engine"] === "redis" && !named.includes("default") && !named.includes(null);
      return isMissing ? [["Properties.UserIds", "no user of the name default"]] : [];
    },
  ),
  refusalOf(
    "AWS::ElastiCache::User",
    ["elasticache-user-without-password", "a user of Valkey has a password, or a role of IAM", RBAC_PAGE],
    ({ properties }) => {
      const type = textOf(field(properties, "AuthenticationMode.Type"));
      const open = isTrue(properties["NoPasswordRequired"]) || type === "no-password-required";
      return properties["Engine"] === "valkey" && open ? [["Properties.Engine", "valkey, without a password"]] : [];
    },
  ),
  refusalOf(
    ["AWS::ElastiCache::User", USERS],
    [
      "elasticache-user-id",
      "the id of a user, or of a group of users, has small letters, digits and hyphens, and begins with a letter",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-user.html",
    ],
    ({ properties }) =>
      ["UserId", "UserGroupId"].flatMap((property) => {
        const id = properties[property];
        return typeof id === "string" && !/^[a-z][a-z0-9-]*$/.test(id) ? [[`Properties.${property}`, id] as const] : [];
      }),
  ),
  refusalOf(
    GROUP,
    ["elasticache-name", "a replication group's name has at most 40 characters", GROUP_PAGE],
    ({ properties }) => {
      const name = properties["ReplicationGroupId"];
      const wrong = leastLength(name) > 40 || (typeof name === "string" && !/^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(name));
      return wrong ? [["Properties.ReplicationGroupId", textOf(name)]] : [];
    },
  ),
  refusalOf(
    "AWS::DAX::Cluster",
    [
      "dax-name",
      "a DAX cluster's name has at most 20 characters",
      "amazondynamodb/latest/APIReference/API_dax_CreateCluster.html",
    ],
    ({ properties }) => {
      const name = properties["ClusterName"];
      const wrong = leastLength(name) > 20 || (typeof name === "string" && !/^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(name));
      return wrong ? [["Properties.ClusterName", textOf(name)]] : [];
    },
  ),
];

const TABLE = "AWS::DynamoDB::GlobalTable";
const TABLE_PAGE = "AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html";

const tables: readonly Refusal[] = [
  refusalOf(
    TABLE,
    ["dynamodb-own-region", "a global table has a replica in the region of its stack", TABLE_PAGE],
    ({ properties, region }) => {
      const regions = items(properties["Replicas"]).map((replica) => textOf(field(replica, "Region")));
      const here = regions.some((each) => each === region || each === "${AWS::Region}");
      return here ? [] : [["Properties.Replicas", `${regions.join(", ")}, not ${region}`]];
    },
  ),
  refusalOf(
    TABLE,
    ["dynamodb-provisioned-scaling", "a provisioned global table says how writes scale", TABLE_PAGE],
    ({ properties }) => {
      const provisioned = (properties["BillingMode"] ?? "PROVISIONED") === "PROVISIONED";
      return provisioned && properties["WriteProvisionedThroughputSettings"] === undefined
        ? [["Properties.BillingMode", "without WriteProvisionedThroughputSettings"]]
        : [];
    },
  ),
  refusalOf(
    TABLE,
    ["dynamodb-stream", "a table of several replicas streams new and old images", TABLE_PAGE],
    ({ properties }) => {
      const several = items(properties["Replicas"]).length > 1 && properties["MultiRegionConsistency"] !== "STRONG";
      const type = field(properties, "StreamSpecification.StreamViewType");
      return several && type !== "NEW_AND_OLD_IMAGES" ? [["Properties.StreamSpecification", textOf(type)]] : [];
    },
  ),
  refusalOf(
    [TABLE, "AWS::DynamoDB::Table"],
    [
      "dynamodb-attributes",
      "a table defines the attributes of its keys, and no others",
      "amazondynamodb/latest/APIReference/API_CreateTable.html",
    ],
    ({ properties }) => {
      const names = (value: Resource["properties"][string]) =>
        items(value).map((each) => textOf(field(each, "AttributeName")));
      const indexes = [...items(properties["GlobalSecondaryIndexes"]), ...items(properties["LocalSecondaryIndexes"])];
      const used = new Set([
        ...names(properties["KeySchema"]),
        ...indexes.flatMap((each) => names(field(each, "KeySchema"))),
      ]);
      const defined = new Set(names(properties["AttributeDefinitions"]));
      const odd = [...used].filter((name) => !defined.has(name)).concat([...defined].filter((name) => !used.has(name)));
      return odd.map((name) => ["Properties.AttributeDefinitions", name]);
    },
  ),
  refusalOf(
    TABLE,
    ["dynamodb-replica-keys", "each replica names its own key where the table's encryption has one", TABLE_PAGE],
    ({ properties }) => {
      const own = items(properties["Replicas"]).map((replica) => field(replica, "SSESpecification.KMSMasterKeyId"));
      const some = own.filter((key) => key !== undefined).length;
      return some > 0 && some < own.length ? [["Properties.Replicas", `${some} of ${own.length} have a key`]] : [];
    },
  ),
];

/** What RDS, ElastiCache and DynamoDB refuse. */
export const DATA: readonly Refusal[] = [...aurora, ...rds, ...caches, ...tables];
