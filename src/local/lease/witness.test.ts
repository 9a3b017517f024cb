import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freeAddress } from "../../../test/support/free-port.ts";
import { systemClock } from "../../base/clock.ts";
import type { Address } from "../address.ts";
import { WitnessClient } from "./witness-client.ts";
import { type Witness, startWitness } from "./witness.ts";

const LEASE_MS = 1_000;
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close();
});

interface Rig {
  readonly listen: Address;
  readonly directory: string;
  readonly file: string;
  /** Lets time pass for the witness. */
  pass(ms: number): void;
  /** Starts it, again where it ran before: after a crash. */
  start(): Promise<Witness>;
  ask(region: string): Promise<boolean>;
}

async function rig(): Promise<Rig> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-witness-"));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  const listen = await freeAddress();
  let now = 1_000_000;
  const clock = { ...systemClock, now: () => now };
  let running: Witness | undefined;
  const client = new WitnessClient(listen, systemClock);
  closing.push(() => client.close());
  return {
    listen,
    directory,
    file: join(directory, "witness.json"),
    pass: (ms) => void (now += ms),
    async start() {
      running?.close();
      client.close();
      running = await startWitness({ listen, directory, leaseMs: LEASE_MS }, clock);
      closing.push(running.close);
      return running;
    },
    ask: (region) => client.ask(region, 5_000),
  };
}

describe("a witness", () => {
  test("lets one region in at a time, and another one once a whole lease has passed", async () => {
    const { start, ask, pass } = await rig();
    await start();
    expect(await ask("east")).toBe(true);
    pass(600);
    expect(await ask("east")).toBe(true);
    pass(999);
    expect(await ask("west")).toBe(false);
    pass(1);
    expect(await ask("west")).toBe(true);
    expect(await ask("east")).toBe(false);
  });

  test("says that a region is barred once what it granted has run out, and admits it when it is told to", async () => {
    const { start, ask, pass } = await rig();
    const { command } = await start();
    await ask("east");
    expect(command({ do: "bar", region: "east" })).toEqual({ barred: false, holder: "east" });
    expect(await ask("east")).toBe(false);
    pass(999);
    expect(command({ do: "look", region: "east" }).barred).toBe(false);
    pass(1);
    expect(command({ do: "look", region: "east" }).barred).toBe(true);
    expect(command({ do: "look", region: "west" })).toEqual({ barred: false, holder: "east" });
    expect(command({ do: "admit", region: "east" }).barred).toBe(false);
    expect(await ask("east")).toBe(true);
  });

  test("knows after a crash whom it let in, for a whole lease more, and whom not", async () => {
    const { start, ask, pass, file } = await rig();
    const before = await start();
    await ask("east");
    before.command({ do: "bar", region: "south" });
    const { ino } = statSync(file);
    pass(500);
    await ask("east");
    expect(statSync(file).ino).toBe(ino); // a lease that is only extended costs no write
    const { command } = await start();
    pass(999);
    expect(await ask("west")).toBe(false);
    expect(command({ do: "look", region: "south" })).toEqual({ barred: true, holder: "east" });
    pass(1);
    expect(await ask("south")).toBe(false);
    expect(await ask("west")).toBe(true);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ holder: "west", barred: ["south"] });
  });

  test("lets nobody in where it cannot write it down", async () => {
    const { start, ask, directory } = await rig();
    const { command } = await start();
    rmSync(directory, { recursive: true });
    expect(await ask("east")).toBe(false);
    expect(() => command({ do: "bar", region: "east" })).toThrow("ENOENT");
    mkdirSync(directory);
    expect(command({ do: "look", region: "east" })).toEqual({ barred: false, holder: null });
    expect(await ask("west")).toBe(true);
  });

  test.each([
    ["is no JSON", "ask\n"],
    ["is a command", '{"do":"bar","region":"east"}\n'],
    ["has more than it should", '{"do":"ask","region":"east","leaseMs":9}\n'],
    ["names no region", '{"do":"ask","region":7}\n'],
    ["is longer than a KiB", `{"do":"ask","region":"${"x".repeat(1_024)}"}\n`],
    ["is longer than a KiB and does not end", "x".repeat(1_025)],
  ])("rejects what %s, and ends the connection", async (_what, request) => {
    const { start, listen } = await rig();
    const { command } = await start();
    const socket = connect({ ...listen });
    closing.push(() => socket.destroy());
    let heard = "";
    socket.on("data", (chunk) => (heard += chunk.toString()));
    socket.write(request);
    await once(socket, "close");
    expect(heard).toBe("");
    expect(command({ do: "look", region: "east" })).toEqual({ barred: false, holder: null });
  });

  test("fails to start where others could ask it", async () => {
    const { directory } = await rig();
    const listen = { host: "0.0.0.0", port: 0 };
    await expect(startWitness({ listen, directory, leaseMs: LEASE_MS }, systemClock)).rejects.toThrow("loopback");
  });
});
