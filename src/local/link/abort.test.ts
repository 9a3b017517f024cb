import { once } from "node:events";
import { type Socket, createConnection, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { abort } from "./abort.ts";

const cleanups: (() => unknown)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const near = createConnection({ host: "127.0.0.1", port, allowHalfOpen: true });
  const [far] = (await once(server, "connection")) as [Socket];
  cleanups.push(
    () => near.destroy(),
    () => far.destroy(),
    () => server.close(),
  );
  near.on("error", () => undefined).resume();
  return { near, far: far.on("error", () => undefined).resume() };
}

test("an aborted connection is reset for the other side", async () => {
  const { near, far } = await pair();
  const error = once(far, "error").catch((thrown: unknown) => [thrown]);
  abort(near);
  expect((await error)[0]).toMatchObject({ code: "ECONNRESET" });
});

test("a connection that is aborted while its FIN is on its way closes all the same", async () => {
  const { near } = await pair();
  near.end();
  // The FIN is asked for in the next tick, and is out a turn of the event loop later.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const closed = once(near, "close");
  abort(near);
  await closed;
  expect(near.destroyed).toBe(true);
});
