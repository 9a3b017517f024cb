import { join } from "node:path";
import { Client } from "pg";
import { systemClock } from "../../src/base/clock.ts";
import { silentHost } from "../../src/base/host.ts";
import type { Address } from "../../src/local/address.ts";
import { PostgresMember } from "../../src/local/engine/database.ts";
import { type Engines, locateEngines } from "../../src/local/engine/locate.ts";
import type { DatabaseSettings } from "../../src/topology/kind/database.ts";
import type { Fixture } from "./fixture.ts";
import { type TcpProxy, startTcpProxy } from "./tcp-proxy.ts";

/** A zone of the rig; its member has the same name. */
export type RigZone = "a" | "b" | "c";

const ZONES: readonly RigZone[] = ["a", "b", "c"];
const PORT = 5432;

/** Three database members in three zones, with a link from each zone to each member, as a world would have them. */
export interface DatabaseRig {
  readonly members: Readonly<Record<RigZone, PostgresMember>>;
  /**
   * Where a member listens: for clients and the control plane of these tests, which share no fault with replication.
   */
  readonly direct: Readonly<Record<RigZone, Address>>;
  /** The link for replication from a zone to a member of another. */
  link(from: RigZone, to: RigZone): TcpProxy;
  /** A program's connection to a member; closed with the rig. */
  connect(to: RigZone, options?: { readonly notices?: string[] }): Promise<Client>;
}

/** Password of the control plane in all rigs. */
export const CONTROL_PASSWORD = "con:tr'ol\\";

/** Password of the program's user in all rigs. */
export const APP_PASSWORD = "it's only a te\\st";

const SETTINGS: DatabaseSettings = {
  engine: "postgresql",
  endpoint: "cluster",
  endpointTtlMs: 1_000,
  databaseName: "app",
  user: "app",
  synchronousStandbys: 1,
  detection: { intervalMs: 1_000, timeoutMs: 1_000, unhealthyThreshold: 2 },
  size: "db.r7g.large",
  storageGiB: 100,
  backupRetentionMs: 86_400_000,
};

/** The engines of this machine, unpacked once for all tests. */
export function testEngines(): Promise<Engines> {
  return locateEngines({ stateDirectory: join(import.meta.dirname, "../../.holdfast"), host: silentHost });
}

/**
 * Makes a rig on 127.77.`net`.*, nothing started yet. Tests that may run at once take different nets. `environment`:
 * what else the members' processes are started with. `archiveTo`: the folder that a member hands its log over to.
 */
export async function createDatabaseRig(
  fixture: Fixture,
  net: number,
  environment: () => Readonly<Record<string, string>> = () => ({}),
  archiveTo?: (member: string) => string,
): Promise<DatabaseRig> {
  const { postgres } = await testEngines();
  const direct = Object.fromEntries(ZONES.map((zone, i) => [zone, { host: `127.77.${net}.${10 + i}`, port: PORT }]));
  const members = Object.fromEntries(
    ZONES.map((zone) => {
      const member = new PostgresMember({
        id: `database-${zone}`,
        zone,
        directory: join(fixture.directory, zone),
        listen: direct[zone]!, // it has each zone
        settings: SETTINGS,
        members: ZONES.filter((other) => other !== zone).map((other) => `database-${other}`),
        secrets: { password: APP_PASSWORD, controlPassword: CONTROL_PASSWORD },
        binary: postgres,
        spawner: fixture.spawner,
        clock: systemClock,
        logFile: join(fixture.directory, `${zone}.log`),
        environment,
        ...(archiveTo === undefined ? {} : { archiveTo: archiveTo(`database-${zone}`) }),
      });
      fixture.onEnd(() => member.kill());
      return [zone, member];
    }),
  );
  const links = new Map<string, TcpProxy>();
  for (const [i, from] of ZONES.entries()) {
    for (const [j, to] of ZONES.entries()) {
      if (from === to) continue;
      const listen = { host: `127.77.${net}.${100 + 10 * i + j}`, port: PORT };
      const proxy = await startTcpProxy(listen, direct[to]!); // likewise
      fixture.onEnd(() => proxy.close());
      links.set(from + to, proxy);
    }
  }
  return {
    members: members as Record<RigZone, PostgresMember>,
    direct: direct as Record<RigZone, Address>,
    link: (from, to) => links.get(from + to)!, // zones differ
    async connect(to, { notices } = {}) {
      const client = new Client({ ...direct[to], user: "app", database: "app", password: APP_PASSWORD });
      client.on("error", () => undefined);
      client.on("notice", ({ message }) => notices?.push(message ?? ""));
      fixture.onEnd(() => client.connection.stream.destroy() as unknown as void);
      await client.connect();
      return client;
    },
  };
}

/** Brings a rig up for the first time: a is primary, b and c are copies of it. Gives the milliseconds that it took. */
export async function startDatabaseRig({ members, link }: DatabaseRig): Promise<{ all: number; disk: number }> {
  const started = systemClock.now();
  await members.a.initialise();
  const disk = systemClock.now() - started;
  await members.a.start({ role: "primary", standbys: ["database-b", "database-c"] });
  await Promise.all([members.b.reseed(link("b", "a").listen), members.c.reseed(link("c", "a").listen)]);
  return { all: systemClock.now() - started, disk };
}
