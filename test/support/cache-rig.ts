import { join } from "node:path";
import { Redis } from "ioredis";
import { systemClock } from "../../src/base/clock.ts";
import type { Address } from "../../src/local/address.ts";
import { CacheMember } from "../../src/local/engine/cache.ts";
import type { CacheSettings } from "../../src/topology/kind/cache.ts";
import { type RigZone, testEngines } from "./database-rig.ts";
import type { Fixture } from "./fixture.ts";
import { type TcpProxy, startTcpProxy } from "./tcp-proxy.ts";

const ZONES: readonly RigZone[] = ["a", "b", "c"];
const PORT = 6379;
const PASSWORD = "only-a-test";

const SETTINGS: CacheSettings = {
  engine: "valkey",
  endpointTtlMs: 1_000,
  user: "app",
  minReplicasToWrite: 1,
  detection: { intervalMs: 1_000, timeoutMs: 1_000, unhealthyThreshold: 2 },
  size: "cache.r7g.large",
};

/** Three cache nodes in three zones, with a link for replication from each zone to each node of another. */
export interface CacheRig {
  readonly members: Readonly<Record<RigZone, CacheMember>>;
  readonly direct: Readonly<Record<RigZone, Address>>;
  link(from: RigZone, to: RigZone): TcpProxy;
  /** A program's connection; closed with the rig. */
  connect(to: RigZone): Redis;
  /** A new object for the same node, as the next supervisor would make one. */
  again(zone: RigZone): CacheMember;
}

/**
 * Makes a rig on 127.77.`net`.*, nothing started yet. Tests that may run at once take different nets. `environment`:
 * what else the nodes' processes are started with.
 */
export async function createCacheRig(
  fixture: Fixture,
  net: number,
  environment: () => Readonly<Record<string, string>> = () => ({}),
): Promise<CacheRig> {
  const { cache } = await testEngines();
  const direct = Object.fromEntries(ZONES.map((zone, i) => [zone, { host: `127.77.${net}.${10 + i}`, port: PORT }]));
  const again = (zone: RigZone): CacheMember => {
    const member = new CacheMember({
      id: `sessions-${zone}`,
      zone,
      directory: join(fixture.directory, zone),
      listen: direct[zone]!, // it has each zone
      settings: SETTINGS,
      members: ZONES.filter((other) => other !== zone).map((other) => `sessions-${other}`),
      password: PASSWORD,
      binary: cache,
      environment,
      spawner: fixture.spawner,
      clock: systemClock,
      logFile: join(fixture.directory, `${zone}.log`),
    });
    fixture.onEnd(() => member.kill());
    return member;
  };
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
    members: Object.fromEntries(ZONES.map((zone) => [zone, again(zone)])) as Record<RigZone, CacheMember>,
    direct: direct as Record<RigZone, Address>,
    link: (from, to) => links.get(from + to)!, // zones differ
    again,
    connect(to) {
      const client = new Redis({
        ...direct[to],
        username: SETTINGS.user,
        password: PASSWORD,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      });
      client.on("error", () => undefined);
      fixture.onEnd(() => client.disconnect());
      return client;
    },
  };
}

/** Brings a rig up for the first time: a is primary. */
export async function startCacheRig({ members, link }: CacheRig): Promise<void> {
  await members.a.initialise();
  await members.a.start({ role: "primary", standbys: ["sessions-b", "sessions-c"] });
  await Promise.all([members.b.reseed(link("b", "a").listen), members.c.reseed(link("c", "a").listen)]);
}
