import { assert } from "../../base/error.ts";
import { stackName } from "../name.ts";
import { hasPeer } from "../peer.ts";
import type { Site } from "../ship.ts";
import { tell, told } from "../wire.ts";

/** The output with the key of a region. */
const KEY = "KeyOfRegion";

/** What a stack of the other region tells this region's data stack under `id`. */
export function toldByPeer(site: Site, part: "network" | "data", id: string): string {
  const { other, shipment, stacks } = site;
  assert(other !== null, "there is another region");
  const from = { stack: stackName(shipment, part, other.name), output: id };
  return told(shipment, from, { stack: stacks.data, parameter: `${id}OfOtherRegion` });
}

/** Tells the other region this one's key, with which it encrypts what it replicates to here. */
export function tellKey({ stacks, keyArn, region, other }: Site): void {
  if (other !== null && region.role === "secondary") tell(stacks.network, KEY, keyArn);
}

/**
 * The key of the secondary region, for what the primary one replicates to there. Without it being told, a replica could
 * be asked for before there is a key to encrypt it with.
 */
export function keyOfSecondary(site: Site): string {
  assert(site.region.role === "primary", "the primary region replicates");
  return toldByPeer(site, "network", KEY);
}

/**
 * Whether the data of this region follows that of the primary one. Which region serves now plays no part: after a
 * failover the former replica takes the writes, and its template must stay as it is, or AWS would take it out of what
 * it belongs to, or replace it.
 *
 * While the secondary region serves, a strategy cannot change from or to backup-restore: a database that was restored
 * there follows nothing, and one that followed was not restored. Such a change shows as a replacement, and is refused:
 * docs/aws.md says why, and the way around it.
 */
export function followsPrimary({ region, shipment, other }: Site): boolean {
  return other !== null && region.role === "secondary" && shipment.topology.recovery !== "backup-restore";
}

/** Whether the secondary region has data of its own that follows. */
export function hasFollower(site: Site): boolean {
  return site.region.role === "primary" && hasPeer(site);
}
