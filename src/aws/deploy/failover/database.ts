import { assert } from "../../../base/error.ts";
import type { Ms } from "../../../base/units.ts";
import type { Aws } from "../aws.ts";
import { isAwsError } from "../refusal.ts";
import type { Replica } from "./lag.ts";
import { type Failover, deployedOf, until } from "./stage.ts";

/** A managed failover takes minutes; a switchover waits for the last byte as well. */
const PROMOTED_WITHIN_MS: Ms = 30 * 60_000;

/** A global database of Aurora, seen from the region that takes over. */
interface Global {
  readonly id: string;
  readonly status: string;
  readonly writerRegion: string | undefined;
  /** The ARN of the cluster in the region that takes over. */
  readonly ownArn: string | undefined;
}

/** What has to be promoted in the region that takes over. */
export interface Databases {
  readonly globals: readonly Global[];
  /** RDS's read replicas. */
  readonly replicas: readonly string[];
}

/** The system's databases whose writer is still in the other region. */
export async function databasesToPromote({
  aws,
  target,
  to,
  assembly,
}: Pick<Failover, "aws" | "target" | "to" | "assembly">): Promise<Databases> {
  const globals = (await globalsOf({ aws, target, to })).filter(
    ({ ownArn, writerRegion }) => ownArn !== undefined && writerRegion !== to,
  );
  const instances = await deployedOf({ aws, assembly, to }, ["AWS::RDS::DBInstance"]);
  const replicas: string[] = [];
  for (const { physicalId, properties } of instances) {
    if (properties["DBClusterIdentifier"] !== undefined) continue; // an instance of Aurora follows its cluster
    if (await isReplica(aws, to, physicalId)) replicas.push(physicalId);
  }
  return { globals, replicas };
}

/** The system's global databases, as the region that takes over knows them. */
export async function globalsOf({ aws, target, to }: Pick<Failover, "aws" | "target" | "to">) {
  const prefix = `${target.system}-${target.stage}-`;
  return (await readGlobals(aws, to)).filter(({ id }) => id.startsWith(prefix));
}

async function readGlobals(aws: Aws, region: string): Promise<readonly Global[]> {
  const { GlobalClusters = [] } = await (await aws.databases(region)).describeGlobalClusters({});
  return GlobalClusters.map(({ GlobalClusterIdentifier, Status, GlobalClusterMembers = [] }) => {
    const regionOf = (arn: string | undefined): string | undefined => arn?.split(":")[3];
    return {
      id: GlobalClusterIdentifier ?? "",
      status: Status ?? "",
      writerRegion: regionOf(GlobalClusterMembers.find(({ IsWriter }) => IsWriter)?.DBClusterArn),
      ownArn: GlobalClusterMembers.map(({ DBClusterArn }) => DBClusterArn).find((arn) => regionOf(arn) === region),
    };
  });
}

/** Whether it copies from an instance of another region: the source is then an ARN, and not a name. */
export async function isReplica(aws: Aws, region: string, id: string): Promise<boolean> {
  const { DBInstances } = await (await aws.databases(region)).describeDBInstances({ DBInstanceIdentifier: id });
  return DBInstances?.[0]?.ReadReplicaSourceDBInstanceIdentifier?.startsWith("arn:") === true;
}

/** The replicas whose lag decides how much is lost. */
export function replicasIn({ globals, replicas }: Databases): readonly Replica[] {
  return [
    ...globals.map(({ ownArn }): Replica => ({ id: ownArn?.split(":").at(-1) ?? "", engine: "aurora" })),
    ...replicas.map((id): Replica => ({ id, engine: "rds" })),
  ];
}

/**
 * Makes the databases of the region that takes over their own writers, and waits until they are. Aurora is switched
 * over
 * without loss when that is planned, and else failed over; a read replica of RDS is promoted, which cannot be
 * undone: the
 * former writer must be made a replica anew. Calls only the region that takes over.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
 */
export async function promoteDatabases(failover: Failover, { globals, replicas }: Databases): Promise<void> {
  const rds = await failover.aws.databases(failover.to);
  for (const { id, ownArn, status } of globals) {
    assert(ownArn !== undefined, `${id} has a cluster in ${failover.to}`);
    if (status !== "available") continue; // an earlier run has begun it
    const key = { GlobalClusterIdentifier: id, TargetDbClusterIdentifier: ownArn };
    try {
      if (failover.planned) await rds.switchoverGlobalCluster(key);
      else await rds.failoverGlobalCluster({ ...key, AllowDataLoss: true });
    } catch (error) {
      if (!isAwsError(error, /InvalidGlobalClusterState/)) throw error; // it is under way
    }
  }
  for (const id of replicas) await rds.promoteReadReplica({ DBInstanceIdentifier: id });
  await until(failover, "database", PROMOTED_WITHIN_MS, () => notYet(failover, { globals, replicas }));
}

async function notYet({ aws, to }: Failover, { globals, replicas }: Databases): Promise<string | null> {
  const waits: string[] = [];
  const now = await readGlobals(aws, to);
  for (const { id } of globals) {
    const found = now.find((each) => each.id === id);
    if (found?.writerRegion !== to) waits.push(`${id} is ${found?.status ?? "gone"}`);
  }
  for (const id of replicas) {
    const { DBInstances } = await (await aws.databases(to)).describeDBInstances({ DBInstanceIdentifier: id });
    const instance = DBInstances?.[0];
    const isDone = instance?.DBInstanceStatus === "available" && !instance.ReadReplicaSourceDBInstanceIdentifier;
    if (!isDone) waits.push(`${id} is ${instance?.DBInstanceStatus ?? "gone"}`);
  }
  return waits.length === 0 ? null : waits.join(", ");
}
