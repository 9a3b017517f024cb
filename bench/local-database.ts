import { openSecrets } from "../src/local/secrets.ts";
import { StateDirectory } from "../src/local/state-directory.ts";
import { endpointAt, linkTo, planRegion } from "../src/local/plan.ts";
import { componentsOf } from "../src/topology/topology.ts";
import type { World } from "../src/world/world.ts";
import type { Way } from "./writer-probe.ts";

/** The ways to the first database of a system that runs here: each member's own, and each zone's writer endpoint. */
export interface LocalDatabase {
  readonly id: string;
  readonly members: readonly Way[];
  readonly endpoints: readonly Way[];
}

/** Where the database of a running system is, as programs in its zones see it. */
export async function localDatabase(world: World, stateDirectory: string): Promise<LocalDatabase> {
  const { topology } = world;
  const [database] = componentsOf(topology, "database");
  const region = topology.regions.find(({ role }) => role === "primary");
  if (!database || !region) throw new Error("the system has no database");
  const slot = Number(new URL((await world.status()).endpoints.control).hostname.split(".")[1]);
  const plan = planRegion(topology, region, slot);
  const endpoint = plan.endpoints.find(({ component, role }) => component === database.id && role === "writer");
  if (!endpoint) throw new Error(`"${database.id}" has no writer endpoint`);
  const { user, databaseName } = database.settings;
  const password = openSecrets(new StateDirectory(stateDirectory)).database(database.id);
  const way = ({ host, port }: { host: string; port: number }): Way => ({
    host,
    port,
    user,
    password,
    database: databaseName,
  });
  return {
    id: database.id,
    members: plan.members
      .filter(({ component }) => component === database.id)
      .map((member) => way(linkTo(plan, member, member.zone, "client"))),
    endpoints: region.zones.map((zone) => way(endpointAt(plan, endpoint, zone))),
  };
}
