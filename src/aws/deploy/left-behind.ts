import type { Host } from "../../base/host.ts";
import { RDS } from "../../facts/database.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import type { Target } from "./active-region.ts";
import type { Aws } from "./aws.ts";
import { isAwsError } from "./refusal.ts";

/** What it is done with. */
export interface LeftBehind {
  readonly aws: Aws;
  readonly target: Target;
  readonly host: Host;
}

/** A copy that a person finds, and that nothing but a person deletes. */
const KEPT = "left-behind-";

/**
 * Keeps what a region acknowledged alone before it was given up. When it is back, Aurora gives its cluster a new volume
 * with the data of the one that took over, and tries to make a snapshot of the old volume before; that one goes with
 * the cluster's backups. It is copied here, once, to one that stays, so that a person can restore it and compare. There
 * is nothing of this where a database is no global one of Aurora's, or where no region was ever given up.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
 */
export async function keepLeftBehind({ aws, target, host }: LeftBehind, region: string): Promise<void> {
  const rds = await aws.databases(region);
  const prefix = `${RDS.leftBehindPrefix.value}${target.system}-${target.stage}-`;
  const ids: { readonly id: string; readonly status: string | undefined }[] = [];
  let Marker: string | undefined;
  do {
    const page = await rds.describeDBClusterSnapshots(Marker === undefined ? {} : { Marker });
    for (const { DBClusterSnapshotIdentifier: id = "", Status: status } of page.DBClusterSnapshots ?? [])
      ids.push({ id, status });
    ({ Marker } = page);
  } while (Marker !== undefined);
  for (const { id, status } of ids.filter((each) => each.id.startsWith(prefix))) {
    const copy = nameOfCopy(id);
    if (ids.some((each) => each.id === copy)) continue;
    if (status !== "available") {
      host.say({ level: "warning", about: region, text: `${id} is ${status}: it can be copied when it is available` });
      continue;
    }
    try {
      const source = { SourceDBClusterSnapshotIdentifier: id, CopyTags: true };
      await rds.copyDBClusterSnapshot({ ...source, TargetDBClusterSnapshotIdentifier: copy });
    } catch (error) {
      if (!isAwsError(error, /AlreadyExists/)) throw error; // somebody else was faster
    }
    const text = `what ${region} had alone is kept in the snapshot ${copy}: restore it beside the database and compare`;
    host.say({ level: "warning", about: region, text });
  }
}

/** The same in each region of a system that does not serve; where no database is Aurora's nothing is asked. */
export async function keepAllLeftBehind(on: LeftBehind, topology: Topology, active: string): Promise<void> {
  if (!componentsOf(topology, "database").some(({ settings }) => settings.engine.startsWith("aurora-"))) return;
  for (const region of on.target.regions.filter((each) => each !== active)) await keepLeftBehind(on, region);
}

/** The end of a name says of which moment it is, so the beginning goes where it is too long. */
function nameOfCopy(id: string): string {
  const rest = id.slice(RDS.leftBehindPrefix.value.length);
  return KEPT + rest.slice(-(RDS.identifierLength.value - KEPT.length)).replace(/^-+/, "");
}
