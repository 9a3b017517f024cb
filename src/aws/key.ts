import { Aws, Fn } from "aws-cdk-lib";
import { CfnAlias, CfnKey, CfnReplicaKey } from "aws-cdk-lib/aws-kms";
import { UserError } from "../base/error.ts";
import type { AwsCode } from "./codes.ts";
import { keyPolicy } from "./key/policy.ts";
import { type Shipped, physicalName } from "./name.ts";
import { type BareSite, type Shipment, isDev, keep } from "./ship.ts";
import { wire } from "./wire.ts";

/** The logical id of a region's key. */
const KEY = "Key";

/** How long a key that was deleted can be had back, in days: the longest and the shortest that KMS has. */
const PENDING_DAYS = 30;
const PENDING_DAYS_DEV = 7;

/** How the id of a key begins that may have replicas in other regions. */
const MULTI_REGION = ":key/mrk-";

/**
 * The ARN of the key that everything in a region is encrypted with, in its network stack; also in a region that is not
 * deployed, because copies of backups come there.
 *
 * The primary region's is a multi-region key even in a system of one region: a second region can then be added without
 * encrypting anything again. The other region's is its replica. Which region serves now plays no part in it. A key that
 * exists keeps its own policy, which must let in the same services of AWS as {@link keyPolicy} does.
 */
export function shipKey(site: BareSite, primary: BareSite): string {
  const { shipment, region, stacks } = site;
  const given = shipment.topology.shipping.keys[region.name];
  if (given !== undefined) return given;
  const { topology } = shipment;
  const stack = stacks.network;
  if (site === primary && Object.keys(topology.shipping.keys).length > 0) throw oneKeyWithoutTheOther(site);
  const settings = {
    description: `Everything of ${physicalName(shipment)} in ${region.name}`,
    keyPolicy: keyPolicy(stack, topology, topology.shipping.trail === null),
    pendingWindowInDays: isDev(shipment) ? PENDING_DAYS_DEV : PENDING_DAYS,
    tags: [{ key: "Name", value: physicalName(shipment, "key") }],
  };
  const key =
    site === primary
      ? new CfnKey(stack, KEY, { ...settings, enableKeyRotation: true, multiRegion: true })
      : new CfnReplicaKey(stack, KEY, { ...settings, primaryKeyArn: primaryKeyArn(site, primary) });
  keep(key, shipment);
  new CfnAlias(stack, "KeyAlias", { aliasName: keyAlias(shipment), targetKeyId: key.attrArn });
  return key.attrArn;
}

/** The name of the key, the same in both regions; keys that exist already have none from here. */
export function keyAlias(shipped: Shipped): string {
  return `alias/${physicalName(shipped)}`;
}

/**
 * The ARN of the key of a region, as seen from any other: a replica has the id of its primary. `keyArn` is the key's of
 * the region that asks.
 */
export function keyArnIn(shipment: Shipment, region: string, keyArn: string): string {
  const given = shipment.topology.shipping.keys[region];
  if (given !== undefined) return given;
  const id = Fn.select(1, Fn.split("/", keyArn));
  return `arn:${Aws.PARTITION}:kms:${region}:${Aws.ACCOUNT_ID}:key/${id}`;
}

/** Of a key that exists, replicas can be made if it was made for that; else each region needs one that exists. */
function primaryKeyArn({ shipment, region, stacks }: BareSite, primary: BareSite): string {
  const given = shipment.topology.shipping.keys[primary.region.name];
  if (given === undefined) {
    const stack = primary.stacks.network;
    const key = stack.node.findChild(KEY) as CfnKey; // shipped before: the primary region is the first
    return wire(shipment, "PrimaryKeyArn", { stack, value: key.attrArn }, stacks.network);
  }
  if (given.includes(MULTI_REGION)) return given;
  throw oneKeyWithoutTheOther({ region });
}

/** Each region must be able to tell the other's key, to encrypt the copies that it sends there. */
function oneKeyWithoutTheOther({ region }: Pick<BareSite, "region">): UserError {
  return new UserError({
    code: "AWS-010" satisfies AwsCode,
    message: `"keys" names a key for one region, and a key of ${region.name} cannot be made to go with it`,
    fix: `name a key for "${region.name}" too, or one for the primary region alone that is a multi-region key`,
    at: `keys.${region.name}`,
  });
}
