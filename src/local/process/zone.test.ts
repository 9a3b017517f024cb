import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect as dial, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import { freeAddress } from "../../../test/support/free-port.ts";
import { every, systemClock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { PACES } from "../../topology/timing.ts";
import type { LinkRule } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import { makeCertificates } from "../certificate.ts";
import { leaseTerms } from "../../topology/region-spec.ts";
import { WitnessClient } from "../lease/witness-client.ts";
import { startWitness } from "../lease/witness.ts";
import { type Connection, connect } from "./ipc.ts";
import type { EndpointOrder, FixedLink, ZoneProtocol } from "./messages-zone.ts";

const within = { within: "10 seconds" } as const;
const ZONE = "us-east-1a";
const TERMS = leaseTerms(PACES.fast);
/** A witness in each region, and one outside of both. */
const PLACES = ["us-east-1", "us-west-2", "outside"] as const;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function startWitnesses(): Promise<readonly FixedLink[]> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-zone-"));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  return Promise.all(
    PLACES.map(async (place): Promise<FixedLink> => {
      const address = await freeAddress();
      const config = { listen: address, directory: join(directory, place), leaseMs: TERMS.leaseMs };
      closing.push((await startWitness(config, systemClock)).close);
      const target = { address, end: { zone: place, component: "witness", instance: null } };
      return { listen: await freeAddress(), target, purpose: "control" };
    }),
  );
}

/** A database that never stops talking to who greets it, and says nothing to others. */
async function startChatter(): Promise<Address> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    let greeting = "";
    socket.on("data", (part) => {
      greeting += part.toString(); // it may come in parts
      if (greeting !== "hello") return;
      const stop = every(systemClock, 5, () => void socket.write("."));
      socket.once("close", stop);
    });
    closing.push(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

async function startZone(endpoint: Address, witnesses: readonly FixedLink[]): Promise<Connection<ZoneProtocol>> {
  const entry = new URL("./zone.ts", import.meta.url).pathname;
  const args = ["--disable-warning=ExperimentalWarning", entry];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  closing.push(() => child.kill("SIGKILL"));
  const connection = connect<ZoneProtocol>({ name: "zone", handle: child });
  await connection.configure({
    zone: ZONE,
    beacon: await freeAddress(),
    links: witnesses,
    endpoints: [{ id: "orders.writer", listen: endpoint, ttlMs: 0, protocol: "other", purpose: "client" }],
    tls: await makeCertificates(["127.0.0.1"], systemClock.now()),
    balancers: [],
    observers: [],
    metricsEveryMs: 100,
    checkDelay: 1,
    lease: { region: "us-east-1", witnesses: witnesses.map(({ listen }) => listen), ...TERMS },
  });
  return connection;
}

/** A program that listens to the database: when it last heard of it, and whether it was cut off. */
function listenTo(endpoint: Address, greeting = "hello"): { heardAt: number; isOpen: boolean } {
  const program = { heardAt: 0, isOpen: true };
  const socket = dial(endpoint);
  closing.push(() => socket.destroy());
  socket.write(greeting); // an endpoint waits for the first byte, which tells whether it is TLS
  socket.on("data", () => (program.heardAt = systemClock.now()));
  socket.on("error", () => undefined);
  socket.on("close", () => (program.isOpen = false));
  return program;
}

/** Dials until the database is heard: on a busy machine a lease may be lost, and is had again. */
async function hear(endpoint: Address): Promise<ReturnType<typeof listenTo>> {
  let program = listenTo(endpoint);
  await eventually(() => {
    if (!program.isOpen) program = listenTo(endpoint);
    return program.heardAt > 0;
  }, within);
  return program;
}

/** The other region asks the witnesses until most of them have let it in: from when to when that was. */
async function takeOver(witnesses: readonly FixedLink[]): Promise<{ readonly from: Ms; readonly to: Ms }> {
  const clients = witnesses.map(({ target }) => new WitnessClient(target.address, systemClock));
  let from: Ms = 0;
  const ask = async (): Promise<boolean> => {
    from = systemClock.now();
    const answers = await Promise.all(clients.map((client) => client.ask("us-west-2", 1_000)));
    return answers.filter((granted) => granted).length >= 2;
  };
  await eventually(ask, { ...within, every: "5 milliseconds" });
  clients.forEach((client) => client.close());
  return { from, to: systemClock.now() };
}

function blackHole(): readonly LinkRule[] {
  const effect = { kind: "black-hole" } as const;
  const [witness, zone] = [{ component: "witness" }, { zone: ZONE }];
  return [
    { from: zone, to: witness, effect },
    { from: witness, to: zone, effect },
  ];
}

test("a zone cut off from the witnesses lets nothing through once another region may write", async () => {
  const [witnesses, endpoint, address] = await Promise.all([startWitnesses(), freeAddress(), startChatter()]);
  const zone = await startZone(endpoint, witnesses);
  const told: boolean[] = [];
  zone.onMessage("lease", ({ held }) => told.push(held));
  const end = { zone: ZONE, component: "orders", instance: "orders-us-east-1a" };
  const order: EndpointOrder = {
    id: "orders.writer",
    targets: [{ address, end }],
    now: true,
    reset: false,
    leased: true,
  };
  await zone.request("endpoint", order);
  await eventually(() => told.join() === "true", within);
  const idle = listenTo(endpoint, "psst");
  const before = await hear(endpoint);

  await zone.request("rules", blackHole());
  const taken = await takeOver(witnesses);
  await eventually(() => !before.isOpen && !idle.isOpen && told.at(-1) === false, within);
  expect(before.heardAt).toBeLessThan(taken.to);
  const meanwhile = listenTo(endpoint);
  await eventually(() => !meanwhile.isOpen, within);
  expect(meanwhile.heardAt).toBe(0);

  await zone.request("rules", []);
  await eventually(() => told.at(-1) === true, within);
  expect(systemClock.now() - taken.from).toBeGreaterThan(TERMS.leaseMs); // what the other one was granted has run out
  await hear(endpoint);
});

test("a zone asks for no lease while its endpoints lead nowhere, or to another region", async () => {
  const [witnesses, endpoint, address] = await Promise.all([startWitnesses(), freeAddress(), startChatter()]);
  const zone = await startZone(endpoint, witnesses);
  const told: boolean[] = [];
  zone.onMessage("lease", ({ held }) => told.push(held));
  const order = { id: "orders.writer", now: true, reset: false } as const;
  await zone.request("endpoint", { ...order, targets: [], leased: true });
  let reports = 0;
  zone.onMessage("metrics", () => (reports += 1));
  await eventually(() => reports >= 3, within);
  expect(told).toEqual([]);
  const end = { zone: "us-west-2a", component: "orders", instance: null };
  await zone.request("endpoint", { ...order, targets: [{ address, end }], leased: false });
  const program = await hear(endpoint);
  await takeOver(witnesses);
  expect(program.isOpen).toBe(true);
  expect(told).toEqual([]);
});
