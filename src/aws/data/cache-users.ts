import { Fn } from "aws-cdk-lib";
import { CfnUser, CfnUserGroup } from "aws-cdk-lib/aws-elasticache";
import type { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { CacheComponent } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Site, keep, tagged } from "../ship.ts";
import { shipSecret } from "./secret.ts";

/** All that ElastiCache does not keep to itself. */
const EVERYTHING = "on ~* &* +@all";
const NOTHING = "off -@all";

/** Who may log in to a cache. */
export interface CacheUsers {
  /** What programs log in with: one of two users, which alternate. */
  readonly secret: CfnSecret;
  /** The two, by the names that programs log in with. */
  readonly alternating: Readonly<Record<string, CfnUser>>;
  readonly group: CfnUserGroup;
}

/**
 * The users of a cache: two, between which its secret alternates as a database's does; and, switched off, the one who
 * everybody is that says no name. A group of Redis's asks for that one, and by CloudFormation's reference any group.
 *
 * Both are made with the password of the secret, which the first one keeps until its turn comes. CloudFormation looks
 * it up again only when a user changes in the template; then both get the password in use, and a task that was started
 * with the former one cannot connect anew.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-usergroup.html
 */
export function shipCacheUsers(site: Site, component: CacheComponent): CacheUsers {
  const { id, settings } = component;
  const [first, second] = [`${settings.user}-a`, `${settings.user}-b`];
  const secret = shipSecret(site, component, {
    name: null,
    what: `What programs log in to ${physicalName(site.shipment, id)} with`,
    fields: { username: first },
  });
  const user = (name: string, accessString: string): CfnUser => {
    const made = new CfnUser(site.stacks.data, logicalId(id, "user", name), {
      userId: ownId(site, id, name),
      userName: name,
      engine: settings.engine,
      accessString,
      passwords: [`{{resolve:secretsmanager:${secret.ref}:SecretString:password}}`],
      tags: tagged(site.shipment, component),
    });
    keep(made, site.shipment);
    return made;
  };
  const alternating = { [first]: user(first, EVERYTHING), [second]: user(second, EVERYTHING) };
  const all = [...Object.values(alternating), user("default", NOTHING)];
  const group = new CfnUserGroup(site.stacks.data, logicalId(id, "users"), {
    userGroupId: ownId(site, id),
    engine: settings.engine,
    userIds: all.map(({ ref }) => ref),
    tags: tagged(site.shipment, component),
  });
  keep(group, site.shipment); // with the cache, without which it cannot be deleted
  return { secret, alternating, group };
}

/** ElastiCache wants an id; with the stack's own in it, what is kept of this stack is not in the way of the next. */
function ownId({ stacks }: Site, ...parts: readonly string[]): string {
  const uuid = Fn.select(2, Fn.split("/", stacks.data.stackId));
  return Fn.join("-", [...parts, Fn.select(0, Fn.split("-", uuid))]);
}
