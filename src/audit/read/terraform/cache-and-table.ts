import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import {
  type Family,
  type Properties,
  type Sources,
  alike,
  inner,
  inners,
  made,
  nested,
  present,
  same,
  sameList,
  subnetGroup,
} from "./translation.ts";

/** What makes a table a global one, where it has it. */
const REPLICAS = "Replicas";

/** An instance of a cluster of DocumentDB or Neptune. */
const MEMBER: Sources = {
  AvailabilityZone: same("availability_zone"),
  DBClusterIdentifier: same("cluster_identifier"),
};

/** Caches, tables, search and the other managed databases. */
export const STORES: Family = {
  translations: {
    aws_elasticache_replication_group: {
      type: "AWS::ElastiCache::ReplicationGroup",
      properties: {
        AutomaticFailoverEnabled: same("automatic_failover_enabled"),
        CacheSubnetGroupName: same("subnet_group_name"),
        Engine: same("engine"),
        KmsKeyId: same("kms_key_id"),
        GlobalReplicationGroupId: same("global_replication_group_id"),
        MultiAZEnabled: same("multi_az_enabled"),
        NumCacheClusters: made(
          "num_cache_clusters",
          (block) => block.value("num_cache_clusters") ?? block.value("number_cache_clusters"),
        ),
        NumNodeGroups: same("num_node_groups"),
        PreferredCacheClusterAZs: sameList("preferred_cache_cluster_azs"),
        ReplicasPerNodeGroup: same("replicas_per_node_group"),
        SnapshotRetentionLimit: same("snapshot_retention_limit"),
      },
    },
    aws_elasticache_cluster: {
      type: "AWS::ElastiCache::CacheCluster",
      properties: {
        AZMode: same("az_mode"),
        CacheSubnetGroupName: same("subnet_group_name"),
        Engine: same("engine"),
        NumCacheNodes: same("num_cache_nodes"),
        PreferredAvailabilityZone: same("availability_zone"),
        PreferredAvailabilityZones: sameList("preferred_availability_zones"),
        SnapshotRetentionLimit: same("snapshot_retention_limit"),
      },
    },
    aws_elasticache_subnet_group: subnetGroup("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"),
    aws_elasticache_global_replication_group: {
      type: "AWS::ElastiCache::GlobalReplicationGroup",
      properties: {
        Members: made("primary_replication_group_id", (block) => [
          { ReplicationGroupId: block.value("primary_replication_group_id") ?? "" },
        ]),
      },
    },
    aws_dynamodb_table: {
      type: "AWS::DynamoDB::Table",
      properties: {
        ...alike("BillingMode", "TableName"),
        DeletionProtectionEnabled: same("deletion_protection_enabled"),
        PointInTimeRecoverySpecification: inner("point_in_time_recovery", {
          PointInTimeRecoveryEnabled: same("enabled"),
        }),
        ProvisionedThroughput: made("read_capacity", (block) => {
          const [read, write] = [block.value("read_capacity"), block.value("write_capacity")];
          return block.value("billing_mode") === "PAY_PER_REQUEST" || read === undefined
            ? undefined
            : { ReadCapacityUnits: read, WriteCapacityUnits: write ?? 0 };
        }),
        KeySchema: made("hash_key", keysOf),
        Replicas: made("replica", replicasOf),
        MultiRegionConsistency: made("replica.consistency_mode", (block) =>
          block.blocks("replica").some((each) => each.value("consistency_mode") === "STRONG") ? "STRONG" : undefined,
        ),
        GlobalTableWitnesses: inners("global_table_witness", { Region: same("region_name") }),
        SSESpecification: inner("server_side_encryption", { KMSMasterKeyId: same("kms_key_arn") }),
        TableName: same("name"),
      },
      reshape: asGlobalTable,
    },
    aws_dax_cluster: {
      type: "AWS::DAX::Cluster",
      properties: {
        AvailabilityZones: sameList("availability_zones"),
        ReplicationFactor: same("replication_factor"),
        SubnetGroupName: same("subnet_group_name"),
      },
    },
    aws_dax_subnet_group: subnetGroup("AWS::DAX::SubnetGroup", "SubnetGroupName"),
    aws_opensearch_domain: { type: "AWS::OpenSearchService::Domain", properties: searchDomain("DataInstance") },
    aws_elasticsearch_domain: { type: "AWS::Elasticsearch::Domain", properties: searchDomain("Instance") },
    aws_docdb_cluster: {
      type: "AWS::DocDB::DBCluster",
      properties: {
        ...alike("BackupRetentionPeriod", "DeletionProtection"),
        AvailabilityZones: sameList("availability_zones"),
        DBClusterIdentifier: same("cluster_identifier"),
        DBSubnetGroupName: same("db_subnet_group_name"),
        GlobalClusterIdentifier: same("global_cluster_identifier"),
      },
    },
    aws_docdb_cluster_instance: { type: "AWS::DocDB::DBInstance", properties: MEMBER },
    aws_docdb_subnet_group: subnetGroup("AWS::DocDB::DBSubnetGroup", "DBSubnetGroupName"),
    aws_docdb_global_cluster: {
      type: "AWS::DocDB::GlobalCluster",
      properties: alike("GlobalClusterIdentifier", "SourceDBClusterIdentifier"),
    },
    aws_neptune_cluster: {
      type: "AWS::Neptune::DBCluster",
      properties: {
        ...alike("BackupRetentionPeriod", "DeletionProtection"),
        AvailabilityZones: sameList("availability_zones"),
        DBClusterIdentifier: same("cluster_identifier"),
        DBSubnetGroupName: same("neptune_subnet_group_name"),
      },
    },
    aws_neptune_cluster_instance: { type: "AWS::Neptune::DBInstance", properties: MEMBER },
    aws_neptune_subnet_group: subnetGroup("AWS::Neptune::DBSubnetGroup", "DBSubnetGroupName"),
    aws_redshift_cluster: {
      type: "AWS::Redshift::Cluster",
      properties: {
        ...alike("AutomatedSnapshotRetentionPeriod", "ClusterType", "NodeType", "NumberOfNodes"),
        AvailabilityZoneRelocation: same("availability_zone_relocation_enabled"),
        ClusterIdentifier: same("cluster_identifier"),
        ClusterSubnetGroupName: same("cluster_subnet_group_name"),
        DestinationRegion: nested("snapshot_copy", "destination_region"),
        MultiAZ: same("multi_az"),
      },
    },
    aws_redshift_subnet_group: {
      type: "AWS::Redshift::ClusterSubnetGroup",
      properties: { SubnetIds: sameList("subnet_ids") },
    },
    aws_memorydb_cluster: {
      type: "AWS::MemoryDB::Cluster",
      properties: {
        ...alike("NumReplicasPerShard", "NumShards", "SnapshotRetentionLimit", "SubnetGroupName"),
        ClusterName: same("name"),
      },
    },
    aws_memorydb_subnet_group: subnetGroup("AWS::MemoryDB::SubnetGroup", "SubnetGroupName"),
    aws_keyspaces_table: {
      type: "AWS::Cassandra::Table",
      properties: {
        ...alike("KeyspaceName", "TableName"),
        PointInTimeRecoveryEnabled: made("point_in_time_recovery", (block) => {
          const status = block.block("point_in_time_recovery")?.value("status");
          return typeof status === "string" ? status === "ENABLED" : status;
        }),
      },
    },
  },
  attachments: {
    aws_dynamodb_table_replica: {
      of: "aws_dynamodb_table",
      to: "global_table_arn",
      properties: {
        [REPLICAS]: made("replica", (block) => [
          {
            ...present("Region", block.region ?? undefined),
            PointInTimeRecoverySpecification: recoveryOf(block.value("point_in_time_recovery")),
            DeletionProtectionEnabled: block.value("deletion_protection_enabled") ?? false,
          },
        ]),
      },
    },
    aws_redshift_snapshot_copy: {
      of: "aws_redshift_cluster",
      to: "cluster_identifier",
      properties: { DestinationRegion: same("destination_region") },
    },
  },
};

function keysOf(block: Block): Json | undefined {
  const keys = ["hash_key", "range_key"].map((name) => block.value(name)).filter((each) => each !== undefined);
  return keys.length === 0 ? undefined : keys.map((AttributeName) => ({ AttributeName }));
}

function recoveryOf(enabled: Json | undefined): Json {
  return { PointInTimeRecoveryEnabled: enabled ?? false };
}

/** The replicas in a table's own blocks. Neither recovery nor protection is taken over from the table. */
function replicasOf(block: Block): Json | undefined {
  const replicas = block.blocks("replica");
  if (replicas.length === 0) return block.openBlocks("replica");
  return replicas.map((replica) => ({
    ...present("Region", replica.value("region_name")),
    PointInTimeRecoverySpecification: recoveryOf(replica.value("point_in_time_recovery")),
    DeletionProtectionEnabled: replica.value("deletion_protection_enabled") ?? false,
  }));
}

/** A table with replicas is CloudFormation's global table, of which the table itself is one replica. */
function asGlobalTable(properties: Properties, block: Block) {
  const { PointInTimeRecoverySpecification, DeletionProtectionEnabled, ...rest } = properties;
  const replicas = rest[REPLICAS];
  if (!Array.isArray(replicas)) return { type: "AWS::DynamoDB::Table", properties };
  const own = {
    ...present("Region", block.region ?? undefined),
    ...present("PointInTimeRecoverySpecification", PointInTimeRecoverySpecification),
    ...present("DeletionProtectionEnabled", DeletionProtectionEnabled),
  };
  return {
    type: "AWS::DynamoDB::GlobalTable",
    properties: { ...rest, [REPLICAS]: [own, ...(replicas as readonly Json[])] },
  };
}

function searchDomain(node: "DataInstance" | "Instance") {
  return {
    [node === "Instance" ? "ElasticsearchClusterConfig" : "ClusterConfig"]: inner("cluster_config", {
      ...alike(
        "DedicatedMasterCount",
        "DedicatedMasterEnabled",
        "InstanceCount",
        "InstanceType",
        "ZoneAwarenessEnabled",
      ),
      MultiAZWithStandbyEnabled: same("multi_az_with_standby_enabled"),
      ZoneAwarenessConfig: inner("zone_awareness_config", alike("AvailabilityZoneCount")),
    }),
    DomainName: same("domain_name"),
    VPCOptions: inner("vpc_options", { SubnetIds: sameList("subnet_ids") }),
  };
}
