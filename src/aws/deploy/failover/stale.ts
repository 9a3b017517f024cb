import { UserError } from "../../../base/error.ts";
import type { AwsCode } from "../../codes.ts";
import { readNote } from "../active-region.ts";
import { globalsOf, isReplica } from "./database.ts";
import { type Failover, deployedOf } from "./stage.ts";

/**
 * Refuses with AWS-062 a switchover to a region whose databases do not follow the one that serves: they have what they
 * had when their region was given up, and customers would be led to that. Aurora seeds such a cluster anew by itself; a
 * read replica of RDS was promoted instead, which leaves the former writer as it was, until a person makes it one that
 * follows.
 */
export async function refuseStale(failover: Failover): Promise<void> {
  const { aws, target, from, to } = failover;
  const serves = (await readNote(aws, target, from))?.region ?? target.regions[0];
  if (serves === to) return; // it has taken over already, and is only told so again
  const globals = (await globalsOf(failover)).filter(({ ownArn, writerRegion }) => !ownArn && writerRegion !== to);
  const stale = globals.map(({ id }) => id);
  for (const { physicalId, properties } of await deployedOf(failover, ["AWS::RDS::DBInstance"])) {
    const followsItsRegion = properties["SourceDBInstanceIdentifier"] && !properties["SourceRegion"];
    if (properties["DBClusterIdentifier"] !== undefined || followsItsRegion) continue;
    if (!(await isReplica(aws, to, physicalId))) stale.push(physicalId);
  }
  if (stale.length === 0) return;
  throw new UserError({
    code: "AWS-062" satisfies AwsCode,
    message: `in ${to} ${stale.join(", ")} does not follow ${from}: what was written there since would be missing`,
    fix: `keep what it has alone, and make it follow: see "What the lost region had alone" in docs/aws.md`,
  });
}
