import { HOURLY, LARGE_VCPU, MONTHLY, VALKEY_SHARE } from "../../facts/price.ts";
import { type Value, field, items, literal, numberOf } from "../template.ts";
import { type Charge, type Pricer, hourlyCharge, instanceCharge, largesIn, monthlyCharge } from "./charge.ts";
import { type Placed, resourcesOf } from "./resource.ts";

function isAurora(engine: Value): boolean {
  return typeof engine === "string" && engine.startsWith("aurora");
}

function storage(gib: number | undefined, copies: number): readonly Charge[] {
  if (gib === undefined) return [];
  return [monthlyCharge("database storage, GiB", MONTHLY.rdsGiB, gib * copies, "gp3, each copy counted")];
}

const databaseInstance: Pricer = ({ properties }) => {
  const type = literal(properties["DBInstanceClass"]);
  if (isAurora(properties["Engine"])) return [instanceCharge("Aurora instances", type, 1, "aurora")];
  const copies = properties["MultiAZ"] === true ? 2 : 1;
  return [
    instanceCharge("RDS instances, standbys counted", type, copies),
    ...storage(numberOf(properties["AllocatedStorage"]), copies),
  ];
};

/** A cluster of Aurora has its instances apart; a Multi-AZ DB cluster has three within. */
const databaseCluster: Pricer = ({ properties }) => {
  const type = literal(properties["DBClusterInstanceClass"]);
  if (type === undefined) return [];
  return [
    instanceCharge("RDS instances, standbys counted", type, 3),
    ...storage(numberOf(properties["AllocatedStorage"]), 3),
  ];
};

const proxy: Pricer = (resource) => {
  const largest = databaseTypes(resource).map((type) => largesIn(type.split(".").at(-1) ?? "") ?? 1);
  const vcpus = largest.reduce((sum, each) => sum + Math.max(2, each * LARGE_VCPU.value), 0);
  return [hourlyCharge("RDS Proxy, by vCPU", HOURLY.rdsProxyVcpu, Math.max(2, vcpus), "of every instance behind it")];
};

function databaseTypes({ stack }: Placed): readonly string[] {
  return resourcesOf(stack).flatMap(({ type, properties }) => {
    if (type === "AWS::RDS::DBInstance") return literal(properties["DBInstanceClass"]) ?? [];
    const inCluster = type === "AWS::RDS::DBCluster" ? literal(properties["DBClusterInstanceClass"]) : undefined;
    return inCluster === undefined ? [] : [inCluster, inCluster, inCluster];
  });
}

const cache: Pricer = ({ properties }) => {
  const groups = numberOf(properties["NumNodeGroups"]) ?? 1;
  const perGroup = (numberOf(properties["ReplicasPerNodeGroup"]) ?? 0) + 1;
  const nodes = numberOf(properties["NumCacheClusters"]) ?? groups * perGroup;
  const charge = instanceCharge("cache nodes", literal(properties["CacheNodeType"]), nodes);
  if (properties["Engine"] !== "valkey" || charge.usdPerMonth === null) return [charge];
  return [{ ...charge, usdPerMonth: charge.usdPerMonth * VALKEY_SHARE.value }];
};

const accelerator: Pricer = ({ properties }) => {
  const nodes = numberOf(properties["ReplicationFactor"]) ?? 1;
  return [instanceCharge("DAX nodes", literal(properties["NodeType"]), nodes)];
};

/** The provisioned units that a table or a replica keeps at least, those of its indexes with them. */
function leastUnits(of: Value, kind: "Read" | "Write"): number {
  const least = `${kind}ProvisionedThroughputSettings.${kind}CapacityAutoScalingSettings.MinCapacity`;
  const all = [of, ...items(field(of, "GlobalSecondaryIndexes"))].map((each) => numberOf(field(each, least)) ?? 0);
  return all.reduce((sum, each) => sum + each, 0);
}

/** Provisioned units of a table and its indexes; on demand costs nothing at rest. */
const table: Pricer = ({ properties, stack }) => {
  const writes = leastUnits(properties, "Write");
  return items(properties["Replicas"]).flatMap((replica) => {
    const reads = leastUnits(replica, "Read");
    if (writes + reads === 0) return [];
    const region = literal(field(replica, "Region")) ?? stack.region;
    return [
      { ...hourlyCharge("table write units", HOURLY.tableWriteUnit, writes), region },
      { ...hourlyCharge("table read units", HOURLY.tableReadUnit, reads), region },
    ];
  });
};

const fsx: Pricer = ({ properties }) => {
  const gib = numberOf(properties["StorageCapacity"]) ?? 0;
  if (properties["FileSystemType"] === "LUSTRE") {
    return [monthlyCharge("FSx for Lustre, GiB", MONTHLY.fsxLustreGiB, gib)];
  }
  const throughput = numberOf(field(properties, "WindowsConfiguration.ThroughputCapacity")) ?? 0;
  const isInTwoZones = field(properties, "WindowsConfiguration.DeploymentType") === "MULTI_AZ_1";
  const [perGiB, perMBps] = isInTwoZones
    ? [MONTHLY.fsxWindowsGiB, MONTHLY.fsxWindowsMBps]
    : [MONTHLY.fsxWindowsOneZoneGiB, MONTHLY.fsxWindowsOneZoneMBps];
  return [
    monthlyCharge("FSx for Windows, GiB", perGiB, gib),
    monthlyCharge("FSx for Windows, MB/s", perMBps, throughput),
  ];
};

/** A secret is paid in every region that it is replicated to. */
const secret: Pricer = ({ properties }) => [
  monthlyCharge("secrets", MONTHLY.secret),
  ...items(properties["ReplicaRegions"]).map((replica) => {
    const region = literal(field(replica, "Region"));
    return { ...monthlyCharge("secrets", MONTHLY.secret), ...(region === undefined ? {} : { region }) };
  }),
];

/** What keeps data, and what it is locked with. */
export const DATA_PRICES: Readonly<Record<string, Pricer>> = {
  "AWS::RDS::DBInstance": databaseInstance,
  "AWS::RDS::DBCluster": databaseCluster,
  "AWS::RDS::DBProxy": proxy,
  "AWS::ElastiCache::ReplicationGroup": cache,
  "AWS::DAX::Cluster": accelerator,
  "AWS::DynamoDB::GlobalTable": table,
  "AWS::FSx::FileSystem": fsx,
  "AWS::SecretsManager::Secret": secret,
  "AWS::KMS::Key": () => [monthlyCharge("keys", MONTHLY.key)],
  "AWS::KMS::ReplicaKey": () => [monthlyCharge("keys", MONTHLY.key)],
};
