import { Aws, Fn, type IResolvable } from "aws-cdk-lib";
import { logicalId, stackName } from "./name.ts";
import { type Site, presenceIn } from "./ship.ts";
import { tell, toldLate } from "./wire.ts";

/** Something that the two regions offer each other, by the same name. */
export interface Offer {
  /** The component. */
  readonly id: string;
  /** What is said while there is nothing; of the form that AWS asks for, because templates are checked with it. */
  readonly nothing: string;
}

/** Whether the other region has components of its own; else there is nothing that could be replicated to. */
export function hasPeer({ shipment, other }: Site): boolean {
  return other !== null && presenceIn(shipment, other).deployed;
}

/** Offers something of this region's data stack to the other region; null: not now. */
export function offerToPeer(site: Site, { id, nothing }: Offer, value: string | null): void {
  if (hasPeer(site)) tell(site.stacks.data, logicalId(id, "for-other-region"), value ?? nothing);
}

/** What the other region offers: its value, and how to leave something out of a template until it is there. */
export interface PeerOffer {
  readonly value: string;
  readonly onceThere: (then: object) => IResolvable;
}

/**
 * What the other region's data stack offers under the same name; null where there is no other region. Replication both
 * ways needs what each side makes, so it comes late: a first deploy makes both sides, and a second update of the stack
 * that came first turns its side on.
 */
export function offerOfPeer(site: Site, { id, nothing }: Offer): PeerOffer | null {
  const { shipment, stacks, other } = site;
  if (other === null || !hasPeer(site)) return null;
  const from = { stack: stackName(shipment, "data", other.name), output: logicalId(id, "for-other-region") };
  const parameter = logicalId(id, "of-other-region");
  const { value, isTold } = toldLate(shipment, from, { stack: stacks.data, parameter }, nothing);
  const isThere = isTold(logicalId(id, "of-other-region", "is-there"));
  return { value, onceThere: (then) => Fn.conditionIf(isThere.logicalId, then, Aws.NO_VALUE) };
}
