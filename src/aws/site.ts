import type { Stack } from "aws-cdk-lib";
import type { Region } from "../topology/topology.ts";
import { Handles } from "./handle.ts";
import { shipKey } from "./key.ts";
import { shipNetwork } from "./network.ts";
import { type BareSite, type Shipment, type Site, presenceIn } from "./ship.ts";

/** Makes the stack of a part in a region. */
export type NewStack = (part: string, region: string) => Stack;

/** The regions of a system in the definition's order, each with its key and network and nothing else yet. */
export function shipSites(shipment: Shipment, newStack: NewStack): readonly Site[] {
  const bare = shipment.topology.regions.map((region) => bareSite(shipment, region, newStack));
  return bare.map((site) => {
    const keyArn = shipKey(site, bare[0]!); // there is one where one is asked for
    return { ...site, keyArn, network: shipNetwork(site, keyArn) };
  });
}

function bareSite(shipment: Shipment, region: Region, newStack: NewStack): BareSite {
  const stacks = {
    network: newStack("network", region.name),
    data: newStack("data", region.name),
    messaging: newStack("messaging", region.name),
    compute: newStack("compute", region.name),
    watch: newStack("watch", region.name),
  };
  const other = shipment.topology.regions.find(({ name }) => name !== region.name) ?? null;
  return { shipment, region, presence: presenceIn(shipment, region), stacks, other, handles: new Handles() };
}
