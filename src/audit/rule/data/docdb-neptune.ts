import type { Rule } from "../rule.ts";
import { resourceRule } from "../table.ts";
import { type ClusterKind, clusterNeedsTwo, clusterRules } from "./cluster.ts";

/** What differs between DocumentDB and Neptune, which are built alike. */
interface Engine extends ClusterKind {
  readonly instance: string;
  /** AWS's page on its replicas. */
  readonly replication: string;
}

function engineRules(engine: Engine): readonly Rule[] {
  const { prefix, name, type, instance, replication } = engine;
  return [
    resourceRule({
      id: `${prefix}-one-instance`,
      title: `${name} has one instance`,
      severity: "high",
      loss: "instance",
      practice: "REL11-BP02",
      type,
      judge: (cluster, model) => clusterNeedsTwo(cluster, instance, model),
      why: "Its data is in three zones, and it has nothing to fail over to: nobody reads or writes meanwhile.",
      fix: `add a second \`${instance}\` with this \`DBClusterIdentifier\``,
      source: replication,
    }),
    ...clusterRules(engine),
  ];
}

const DOCDB_GUIDE = "https://docs.aws.amazon.com/documentdb/latest/developerguide";
const NEPTUNE_GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide";

/** Rules about DocumentDB. */
export const DOCDB: readonly Rule[] = engineRules({
  prefix: "docdb",
  name: "a DocumentDB cluster",
  type: "AWS::DocDB::DBCluster",
  instance: "AWS::DocDB::DBInstance",
  replication: `${DOCDB_GUIDE}/replication.html`,
  backups: `${DOCDB_GUIDE}/backup_restore.html`,
  deletion: `${DOCDB_GUIDE}/db-cluster-delete.html`,
});

/** Rules about Neptune. */
export const NEPTUNE: readonly Rule[] = engineRules({
  prefix: "neptune",
  name: "a Neptune cluster",
  type: "AWS::Neptune::DBCluster",
  instance: "AWS::Neptune::DBInstance",
  replication: `${NEPTUNE_GUIDE}/feature-overview-availability.html`,
  backups: `${NEPTUNE_GUIDE}/backup-restore-overview.html`,
  deletion: `${NEPTUNE_GUIDE}/manage-console-instances-delete.html`,
});
