import { UserError } from "../base/error.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import type { Status } from "../world/world.ts";
import type { DrillCode } from "./codes.ts";
import type { Entry } from "./exchange.ts";
import type { Home, ServerAddress } from "./resolve.ts";

/** How customers come into a system. */
export interface WayIn {
  readonly entry: Entry;
  /** One near each region; in one region there is one. */
  readonly homes: readonly Home[];
}

/**
 * The way in of a system that runs: by the domain of its edge, of which the DNS near each region is asked; or, without
 * an edge, by the static addresses of its accelerator. Throws DRL-003 where there is neither.
 */
export function wayInto(topology: Topology, status: Pick<Status, "endpoints" | "regions">): WayIn {
  const edge = componentsOf(topology, "edge")[0];
  const { site } = status.endpoints;
  if (edge && site !== null) {
    const url = new URL(site);
    const entry = { domain: edge.settings.domain, port: Number(url.port === "" ? 80 : url.port) };
    return { entry, homes: homesByName(status) };
  }
  const accelerator = componentsOf(topology, "accelerator")[0];
  const addresses = accelerator ? staticAddresses(status, accelerator.id) : [];
  const [first] = addresses.flat();
  if (first) {
    const homes = addresses.map((near) => ({ addresses: near.map(({ host }) => host) }));
    return { entry: { domain: first.host, port: first.port }, homes };
  }
  throw new UserError({
    code: "DRL-003" satisfies DrillCode,
    message: "the system has neither an edge nor an accelerator, so that no customer can reach it",
    fix: `add \`edge: { domain: "…", routes: { … } }\` to the definition`,
  });
}

/** A home asks the DNS near its own region first, and then those of the others. */
function homesByName({ endpoints, regions }: Pick<Status, "endpoints" | "regions">): Home[] {
  const near = regions.flatMap(({ entry }) => (entry ? [serverAddress(entry.dns)] : []));
  const servers = near.length > 0 ? near : [serverAddress(endpoints.dns)];
  return servers.map((_, at) => ({ dns: [...servers.slice(at), ...servers.slice(0, at)] }));
}

function staticAddresses({ regions }: Pick<Status, "regions">, id: string): ServerAddress[][] {
  return regions.flatMap(({ entry }) => {
    const near = entry?.accelerators[id];
    return near ? [near.map(serverAddress)] : [];
  });
}

function serverAddress(text: string): ServerAddress {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}
