import { once } from "node:events";
import { type Server, type Socket, connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../../test/support/eventually.ts";
import { freeAddress } from "../../test/support/free-port.ts";
import { Endpoint } from "./endpoint.ts";
import { LinkTable } from "./link/link-table.ts";
import type { LinkTarget } from "./process/messages-zone.ts";

const within = { within: "10 seconds" } as const;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function listenAnd(answer: string): Promise<LinkTarget & { readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(answer);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: { host: "127.0.0.1", port }, end: { zone: "a", component: "db", instance: answer }, server };
}

function whoAnswers(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => end(data.toString()));
    socket.once("error", () => end("nobody"));
    socket.once("close", () => end("nobody"));
  });
}

test("new connections follow a change once the TTL has passed, and a pin at once", async () => {
  const links = new LinkTable({ zone: "a", clock: systemClock });
  const listen = await freeAddress();
  const { port } = listen;
  const config = { id: "db.writer", listen, ttlMs: 150, protocol: "other", purpose: "client" } as const;
  const endpoint = new Endpoint({ config, links, clock: systemClock });
  await endpoint.open();
  try {
    expect(await whoAnswers(port)).toBe("nobody");
    const [one, two] = [await listenAnd("one"), await listenAnd("two")];
    endpoint.set({ id: "db.writer", targets: [one], now: true, reset: false, leased: false });
    expect(await whoAnswers(port)).toBe("one");
    const changedAt = systemClock.now();
    endpoint.set({ id: "db.writer", targets: [two], now: false, reset: false, leased: false });
    expect(await whoAnswers(port)).toBe("one");
    await eventually(async () => (await whoAnswers(port)) === "two", { within: "5 seconds" });
    expect(systemClock.now() - changedAt).toBeGreaterThanOrEqual(149);
    // A pin overtakes a change that still waits.
    endpoint.set({ id: "db.writer", targets: [one], now: false, reset: false, leased: false });
    endpoint.set({ id: "db.writer", targets: [two], now: true, reset: true, leased: false });
    expect(await whoAnswers(port)).toBe("two");
  } finally {
    await links.close();
  }
});

test("a fault of replication reaches what a copy is made over, and not what programs dial", async () => {
  const links = new LinkTable({ zone: "a", clock: systemClock });
  const one = await listenAnd("one");
  const answers = async (purpose: "client" | "replication"): Promise<string> => {
    const listen = await freeAddress();
    const config = { id: "db.upstream", listen, ttlMs: 0, protocol: "other", purpose } as const;
    const endpoint = new Endpoint({ config, links, clock: systemClock });
    await endpoint.open();
    endpoint.set({ id: "db.upstream", targets: [one], now: true, reset: false, leased: false });
    return whoAnswers(listen.port);
  };
  try {
    await links.setRules([{ from: {}, to: {}, purposes: ["replication"], effect: { kind: "cut" } }]);
    expect([await answers("replication"), await answers("client")]).toEqual(["nobody", "one"]);
  } finally {
    await links.close();
  }
});

describe("an endpoint of a region that needs a lease", () => {
  const ORDER = { id: "db.writer", now: true, reset: false } as const;

  /** An endpoint with a target that says what it is told to say, and a program that is connected to it. */
  async function rig(order: { readonly leased: boolean }) {
    const lease = { held: true };
    const links = new LinkTable({ zone: "a", clock: systemClock });
    closing.push(() => links.close());
    const listen = await freeAddress();
    const config = { id: "db.writer", listen, ttlMs: 0, protocol: "other", purpose: "client" } as const;
    const endpoint = new Endpoint({ config, links, clock: systemClock, holdsLease: () => lease.held });
    await endpoint.open();
    const target = await listenAnd("welcome");
    const accepted = once(target.server, "connection");
    const connections = { count: 0 };
    target.server.on("connection", () => (connections.count += 1));
    endpoint.set({ ...ORDER, targets: [target], ...order });
    const program = connect(listen);
    closing.push(() => program.destroy());
    const heard = { text: "", end: "" };
    program.on("data", (data) => (heard.text += data.toString()));
    program.on("error", (error: NodeJS.ErrnoException) => (heard.end = error.code ?? ""));
    const [database] = (await accepted) as [Socket];
    await eventually(() => heard.text === "welcome", within);
    return { lease, endpoint, database, heard, connections, port: listen.port };
  }

  test("passes nothing that a leased target says once the lease is not held, and refuses who dials", async () => {
    const { lease, database, heard, connections, port } = await rig({ leased: true });
    lease.held = false;
    database.write("committed");
    await eventually(() => heard.end === "ECONNRESET", within);
    expect(heard.text).toBe("welcome");
    expect(await whoAnswers(port)).toBe("nobody");
    expect(connections.count).toBe(1);
    lease.held = true;
    expect(await whoAnswers(port)).toBe("welcome");
  });

  test("resets what is open to a leased target when the lease is lost, also where nothing is said", async () => {
    const { lease, endpoint, heard } = await rig({ leased: true });
    lease.held = false;
    endpoint.leaseLost();
    await eventually(() => heard.end === "ECONNRESET", within);
  });

  test("goes on with what another region says, which has a lease of its own", async () => {
    const { lease, endpoint, database, heard, port } = await rig({ leased: false });
    lease.held = false;
    endpoint.leaseLost();
    database.write(", committed");
    await eventually(() => heard.text === "welcome, committed", within);
    expect(heard.end).toBe("");
    expect(await whoAnswers(port)).toBe("welcome");
  });

  test("holds a connection to what its target was when it was opened", async () => {
    const { lease, endpoint, database, heard } = await rig({ leased: true });
    endpoint.set({ ...ORDER, targets: [], leased: false });
    lease.held = false;
    database.write("committed");
    await eventually(() => heard.end === "ECONNRESET", within);
    expect(heard.text).toBe("welcome");
  });
});
