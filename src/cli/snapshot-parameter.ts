import type { AwsCode } from "../aws/codes.ts";
import { UserError } from "../base/error.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";

/**
 * The parameters of templates that say which snapshot a database is made from, of `--restore database=snapshot`.
 * Rejects with AWS-060 where one names no database, or no snapshot.
 */
export async function snapshotParameters(
  topology: Topology,
  restore: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  if (restore.length === 0) return {};
  const { logicalId } = await import("../aws/name.ts"); // loads the CDK
  const databases = componentsOf(topology, "database").map(({ id }) => id);
  const parameters = restore.map((each) => {
    const [id = "", ...rest] = each.split("=");
    const snapshot = rest.join("=");
    if (databases.includes(id) && snapshot !== "") return [logicalId(id, "snapshot"), snapshot] as const;
    throw new UserError({
      code: "AWS-060" satisfies AwsCode,
      message: `--restore "${each}" is no database=snapshot (databases: ${databases.join(", ") || "none"})`,
      fix: "name a database of the definition and the ARN of a snapshot in that region",
    });
  });
  return Object.fromEntries(parameters);
}
