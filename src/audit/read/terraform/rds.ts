import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import { type Family, type Sources, inner, inners, made, same, sameList, subnetGroup } from "./translation.ts";

const KEPT: Sources = {
  BackupRetentionPeriod: same("backup_retention_period"),
  DeletionProtection: same("deletion_protection"),
  Engine: same("engine"),
  EngineVersion: same("engine_version"),
  KmsKeyId: same("kms_key_id"),
  StorageEncrypted: same("storage_encrypted"),
  VPCSecurityGroups: sameList("vpc_security_group_ids"),
};

/** Parameters by their names. */
const PARAMETERS: Sources = {
  Parameters: made("parameter", (block) => {
    const open = block.openBlocks("parameter");
    const entries = block.blocks("parameter").map((each) => [each.value("name"), each.value("value") ?? ""] as const);
    return open ?? (Object.fromEntries(entries.filter(([name]) => typeof name === "string")) as Json);
  }),
};

/** RDS and Aurora. */
export const RDS: Family = {
  translations: {
    aws_db_instance: {
      type: "AWS::RDS::DBInstance",
      properties: {
        ...KEPT,
        BackupRetentionPeriod: made("backup_retention_period", retentionOf),
        AllocatedStorage: same("allocated_storage"),
        AutoMinorVersionUpgrade: same("auto_minor_version_upgrade"),
        AvailabilityZone: same("availability_zone"),
        DBInstanceClass: same("instance_class"),
        DBInstanceIdentifier: same("identifier"),
        DBParameterGroupName: same("parameter_group_name"),
        DBSubnetGroupName: same("db_subnet_group_name"),
        MaxAllocatedStorage: same("max_allocated_storage"),
        MultiAZ: same("multi_az"),
        OptionGroupName: same("option_group_name"),
        SourceDBInstanceIdentifier: same("replicate_source_db"),
      },
    },
    aws_rds_cluster: {
      type: "AWS::RDS::DBCluster",
      names: { "AWS::RDS::DBInstance": "aws_rds_cluster_instance" },
      properties: {
        ...KEPT,
        AvailabilityZones: sameList("availability_zones"),
        ClusterScalabilityType: same("cluster_scalability_type"),
        DBClusterParameterGroupName: same("db_cluster_parameter_group_name"),
        DBClusterIdentifier: same("cluster_identifier"),
        DBClusterInstanceClass: same("db_cluster_instance_class"),
        DBSubnetGroupName: same("db_subnet_group_name"),
        EngineMode: same("engine_mode"),
        GlobalClusterIdentifier: same("global_cluster_identifier"),
        MasterUsername: same("master_username"),
        ReplicationSourceIdentifier: same("replication_source_identifier"),
        ServerlessV2ScalingConfiguration: inner("serverlessv2_scaling_configuration", {
          MinCapacity: same("min_capacity"),
          MaxCapacity: same("max_capacity"),
        }),
      },
    },
    aws_rds_cluster_instance: {
      type: "AWS::RDS::DBInstance",
      properties: {
        AutoMinorVersionUpgrade: same("auto_minor_version_upgrade"),
        AvailabilityZone: same("availability_zone"),
        DBClusterIdentifier: same("cluster_identifier"),
        DBInstanceClass: same("instance_class"),
        DBInstanceIdentifier: same("identifier"),
        DBParameterGroupName: same("db_parameter_group_name"),
        DBSubnetGroupName: same("db_subnet_group_name"),
        Engine: same("engine"),
        PromotionTier: same("promotion_tier"),
      },
    },
    aws_rds_global_cluster: {
      type: "AWS::RDS::GlobalCluster",
      properties: {
        DeletionProtection: same("deletion_protection"),
        Engine: same("engine"),
        GlobalClusterIdentifier: same("global_cluster_identifier"),
        SourceDBClusterIdentifier: same("source_db_cluster_identifier"),
      },
    },
    aws_db_subnet_group: subnetGroup("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    aws_db_parameter_group: { type: "AWS::RDS::DBParameterGroup", properties: PARAMETERS },
    aws_rds_cluster_parameter_group: { type: "AWS::RDS::DBClusterParameterGroup", properties: PARAMETERS },
    aws_db_option_group: {
      type: "AWS::RDS::OptionGroup",
      properties: { OptionConfigurations: inners("option", { OptionName: same("option_name") }) },
    },
    aws_db_proxy: {
      type: "AWS::RDS::DBProxy",
      properties: { DBProxyName: same("name"), VpcSubnetIds: sameList("vpc_subnet_ids") },
    },
    aws_db_proxy_endpoint: {
      type: "AWS::RDS::DBProxyEndpoint",
      properties: { DBProxyName: same("db_proxy_name"), VpcSubnetIds: sameList("vpc_subnet_ids") },
    },
    aws_db_proxy_target: {
      type: "AWS::RDS::DBProxyTargetGroup",
      properties: {
        DBProxyName: same("db_proxy_name"),
        DBClusterIdentifiers: made("db_cluster_identifier", (block) => oneOf(block.value("db_cluster_identifier"))),
        DBInstanceIdentifiers: made("db_instance_identifier", (block) => oneOf(block.value("db_instance_identifier"))),
      },
    },
  },
};

/**
 * Left out, the provider asks for no backups; a replica, and what is restored, then have what their source has.
 * Source:
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance#backup_retention_period-1
 */
function retentionOf(block: Block): Json | undefined {
  const isMadeOfAnother =
    ["replicate_source_db", "snapshot_identifier"].some((name) => block.value(name) !== undefined) ||
    ["restore_to_point_in_time", "s3_import"].some((name) => block.block(name) !== undefined);
  return block.value("backup_retention_period") ?? (isMadeOfAnother ? undefined : 0);
}

function oneOf(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : [value];
}
