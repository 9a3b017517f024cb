import type { Range } from "./failure.ts";
import { type Fact, assumed } from "./fact.ts";
import { S3 } from "./storage.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const globalFailover = `${DOCS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html`;
const switchover = `${DOCS}/AmazonRDS/latest/APIReference/API_SwitchoverGlobalCluster.html`;
const readReplica = `${DOCS}/AmazonRDS/latest/UserGuide/USER_ReadRepl.html`;
const restore = `${DOCS}/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html`;
const stacks = `${DOCS}/AWSCloudFormation/latest/UserGuide/cfn-console-create-stack.html`;
const cacheGroup = `${DOCS}/AmazonElastiCache/latest/dg/Replication.html`;
const fargate = `${DOCS}/AmazonECS/latest/developerguide/task_definition_parameters.html`;
const drPapers = `${DOCS}/whitepapers/latest/disaster-recovery-workloads-on-aws`;
const globalTables = `${DOCS}/amazondynamodb/latest/developerguide/GlobalTables.html`;
const efsReplication = `${DOCS}/efs/latest/ug/efs-replication.html`;
const backupCopy = `${DOCS}/aws-backup/latest/devguide/cross-region-backup.html`;
const alarms = `${DOCS}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`;

const ours = (low: number, high: number, url: string, note: string): Fact<Range> =>
  assumed([low, high] as const, "ms", url, note);
/** What AWS, and whoever decides, take until another region serves. From the shortest to the longest that is usual. */
export const TAKEOVER = {
  decide: ours(
    5 * MINUTE,
    15 * MINUTE,
    `${drPapers}/disaster-recovery-options-in-the-cloud.html`,
    "somebody is called, looks and types `holdfast failover`",
  ),
  promoteAurora: ours(
    2 * MINUTE,
    14 * MINUTE,
    globalFailover,
    "AWS says minutes; a published test of unplanned failovers took 2 to 14",
  ),
  promoteReplica: ours(2 * MINUTE, 15 * MINUTE, readReplica, "AWS says several minutes or longer, with a restart"),
  deployStacks: ours(20 * MINUTE, 60 * MINUTE, stacks, "network, balancers, caches and services from templates"),
  restoreDatabase: ours(15 * MINUTE, 4 * HOUR, restore, "AWS gives no figure; it grows with what is stored"),
  startTask: ours(30 * SECOND, 60 * SECOND, fargate, "with an image of usual size"),
  createCache: ours(5 * MINUTE, 15 * MINUTE, cacheGroup, "AWS gives no figure for a new replication group"),
  replaceMember: ours(5 * MINUTE, 30 * MINUTE, restore, "a new member where no other could be promoted"),
  wayBack: ours(
    4 * HOUR,
    72 * HOUR,
    globalFailover,
    "somebody makes sure that the first region is well, and picks a quiet time",
  ),
  switchover: ours(
    30 * SECOND,
    5 * MINUTE,
    switchover,
    "AWS says that the database cannot be used for a short time, and gives no figure",
  ),
  alarm: ours(
    10 * SECOND,
    70 * SECOND,
    alarms,
    "an alarm with a period of a minute sees the metric that moves traffic",
  ),
} as const;

/** How far what stands in the other region is behind, at worst. */
export const BEHIND = {
  aurora: ours(1 * SECOND, 5 * SECOND, globalFailover, "AWS says an RPO of seconds; the lag is usually below one"),
  replica: ours(1 * SECOND, 5 * MINUTE, readReplica, "AWS promises nothing; it follows the writes and the distance"),
  table: ours(0.5 * SECOND, 2.5 * SECOND, globalTables, "AWS says usually a second or less, with eventual consistency"),
  bucket: {
    ...S3.replicationTime,
    value: [MINUTE, S3.replicationTime.value] as const,
    note: "99.99% of the objects, with S3 Replication Time Control",
  },
  fileSystem: ours(1 * MINUTE, 15 * MINUTE, efsReplication, "most file systems; large changes take longer"),
  copy: ours(5 * MINUTE, 2 * HOUR, backupCopy, "a backup counts in the other region when its copy is complete"),
  cache: ours(0.1 * SECOND, 1 * SECOND, cacheGroup, "replicas of a cache follow after the answer"),
} as const;
