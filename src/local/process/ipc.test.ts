import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { type Connection, type Protocol, connect } from "./ipc.ts";

interface EchoProtocol extends Protocol {
  readonly config: { readonly fail: boolean };
  readonly requests: {
    readonly double: { readonly body: number; readonly answer: number };
    readonly refuse: { readonly body: null; readonly answer: null };
    readonly hang: { readonly body: null; readonly answer: null };
  };
  readonly messages: { readonly note: string };
  readonly events: { readonly noted: string };
}

const CHILD = `
  import { serve } from ${JSON.stringify(new URL("./ipc.ts", import.meta.url).href)};
  const emit = serve({
    configure({ fail }) { if (fail) throw new Error("told to fail"); },
    requests: {
      double: (body) => 2 * body,
      refuse() { throw new Error("will not"); },
      hang: () => new Promise(() => undefined),
    },
    messages: { note: (text) => emit("noted", text) },
  });`;

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((handle) => handle.kill("SIGKILL")));

function start(): { handle: ChildProcess; connection: Connection<EchoProtocol> } {
  const args = ["--input-type=module", "-e", CHILD];
  const handle = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  started.push(handle);
  return { handle, connection: connect<EchoProtocol>({ name: "echo", handle }) };
}

test("a child is configured, answers requests, and says things unasked", async () => {
  const { connection } = start();
  await connection.configure({ fail: false });
  const noted = new Promise((resolve) => connection.onMessage("noted", resolve));
  connection.send("note", "hello");
  expect(await noted).toBe("hello");
  expect(await Promise.all([1, 2, 3].map((n) => connection.request("double", n)))).toEqual([2, 4, 6]);
});

test("fails to configure with the child's own words", async () => {
  const { connection } = start();
  await expect(connection.configure({ fail: true })).rejects.toThrow("echo: told to fail");
});

test("rejects the one request that the child refuses, and no other", async () => {
  const { connection } = start();
  await connection.configure({ fail: false });
  await expect(connection.request("refuse", null)).rejects.toThrow("echo: will not");
  await expect(connection.request("nothing" as "refuse", null)).rejects.toThrow('no request "nothing"');
  expect(await connection.request("double", 4)).toBe(8);
});

test("rejects what is under way, and everything later, when the child dies", async () => {
  const { handle, connection } = start();
  await connection.configure({ fail: false });
  const hanging = connection.request("hang", null);
  handle.kill("SIGKILL");
  await expect(hanging).rejects.toThrow("echo is gone");
  await expect(connection.request("double", 1)).rejects.toThrow("echo is gone");
  connection.send("note", "nobody hears this");
});

test("a child whose supervisor has gone exits at once", async () => {
  const { handle, connection } = start();
  await connection.configure({ fail: false });
  handle.disconnect();
  expect(await once(handle, "exit")).toEqual([0, null]);
});
