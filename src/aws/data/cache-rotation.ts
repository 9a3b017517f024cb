import type { CfnReplicationGroup } from "aws-cdk-lib/aws-elasticache";
import type { CacheComponent } from "../../topology/topology.ts";
import type { Door } from "../handle.ts";
import type { Site } from "../ship.ts";
import type { CacheUsers } from "./cache-users.ts";
import { ROTATION_CODE } from "./rotation-code.ts";
import { shipRotation } from "./rotation.ts";
import { readSecretsAt } from "./secret.ts";

/** A step waits for ElastiCache ten minutes at most. */
const TIMEOUT_SECONDS = 660;

/** The function that rotates the passwords of a cache's users, and its schedule; both nodes and users are there. */
export function shipCacheRotation(
  site: Site,
  component: CacheComponent,
  { users, group, door }: { readonly users: CacheUsers; readonly group: CfnReplicationGroup; readonly door: Door },
): void {
  const { secret, alternating } = users;
  const ids = Object.entries(alternating).map(([name, { ref }]) => [name, ref]);
  shipRotation(site, component, {
    secrets: [{ id: secret.ref, arn: secret.ref, part: null, atOnce: true }],
    code: ROTATION_CODE.redis,
    door,
    timeoutSeconds: TIMEOUT_SECONDS,
    variables: {
      CACHE_HOST: group.attrPrimaryEndPointAddress,
      CACHE_PORT: String(door.port),
      USER_IDS: JSON.stringify(Object.fromEntries(ids)),
    },
    may: [
      ...readSecretsAt(site, component.id, [secret.ref]),
      {
        sid: "ChangeUsers",
        actions: ["elasticache:DescribeUsers", "elasticache:ModifyUser"],
        resources: Object.values(alternating).map(({ attrArn }) => attrArn),
      },
    ],
    after: [...Object.values(alternating), group],
  });
}
