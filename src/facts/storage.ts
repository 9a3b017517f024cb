import { assumed, documented, setting } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const MINUTE = 60_000;

const replicationTime = `${DOCS}/AmazonS3/latest/userguide/replication-time-control.html`;
const bucketNames = `${DOCS}/AmazonS3/latest/userguide/bucketnamingrules.html`;

/** S3: within what time Replication Time Control copies objects, and how long a bucket's name may be. */
export const S3 = {
  replicationTime: documented(15 * MINUTE, "ms", replicationTime, "for 99.9 percent of the objects of a month"),
  nameLength: documented(63, "count", bucketNames),
} as const;

const createRule = `${DOCS}/dlm/latest/APIReference/API_CreateRule.html`;
const retainRule = `${DOCS}/dlm/latest/APIReference/API_RetainRule.html`;

/** Data Lifecycle Manager: the hours between snapshots of a volume that it takes, and how many it keeps. */
export const SNAPSHOT = {
  hours: documented([1, 2, 3, 4, 6, 8, 12, 24] as const, "count", createRule),
  keep: setting(assumed(7, "count", retainRule, "a week of daily ones"), 1, 1_000),
} as const;

const lustreAccess = `${DOCS}/fsx/latest/LustreGuide/limit-access-security-groups.html`;
const windowsAccess = `${DOCS}/fsx/latest/WindowsGuide/limit-access-security-groups.html`;
const efsAccess = `${DOCS}/efs/latest/ug/network-access.html`;

/** EFS and FSx: the ports that clients dial. */
export const FILE_SYSTEM = {
  lustrePorts: documented([988, 1_018, 1_019, 1_020, 1_021, 1_022, 1_023] as const, "count", lustreAccess),
  windowsPort: documented(445, "count", windowsAccess),
  efsPort: documented(2_049, "count", efsAccess),
} as const;
