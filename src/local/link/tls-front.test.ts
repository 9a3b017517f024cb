import { once } from "node:events";
import { type Server, type Socket, connect as dial, createServer } from "node:net";
import { type SecureContext, type TLSSocket, connect as dialTls, createSecureContext } from "node:tls";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { makeCertificates } from "../certificate.ts";
import { abort } from "./abort.ts";
import { type Encrypted, takeTlsOff } from "./tls-front.ts";

const HOST = "127.0.0.1";
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const GSS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]);

let context: SecureContext;
let authority: string;
const cleanups: (() => void)[] = [];

beforeAll(async () => {
  const made = await makeCertificates([HOST], systemClock.now());
  context = createSecureContext({ cert: made.certificate, key: made.key });
  authority = made.authority;
});

afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** A server that gives back what it gets, behind a front; `last` is the socket that was handed on. */
async function echo(protocol: Encrypted): Promise<{ port: number; last: () => Socket | undefined }> {
  let last: Socket | undefined;
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (dialer) =>
    takeTlsOff(dialer, { protocol, context }, (socket) => {
      last = socket;
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => socket.write(chunk));
      socket.on("end", () => socket.end());
      socket.resume();
    }),
  );
  server.listen(0, HOST);
  await once(server, "listening");
  cleanups.push(() => server.close());
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, last: () => last };
}

/** All that comes back, up to so many bytes. */
async function read(socket: Socket, bytes: number): Promise<string> {
  let got = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += String(chunk);
    if (got.length >= bytes) break;
  }
  return got;
}

async function plain(port: number): Promise<Socket> {
  const socket = dial({ port, host: HOST });
  cleanups.push(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

async function secured(over: Socket | { port: number }): Promise<TLSSocket> {
  const way = "port" in over ? { port: over.port } : { socket: over };
  const socket = dialTls({ ...way, host: HOST, ca: authority, ALPNProtocols: ["postgresql"] });
  cleanups.push(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

describe("a front that takes TLS off", () => {
  test("hands on what TLS carries, and the client can verify whom it talks to", async () => {
    const { port } = await echo("other");
    const client = await secured({ port });
    expect(client.authorized).toBe(true);
    client.write("hello");
    expect(await read(client, 5)).toBe("hello");
  });

  test("serves a client that asks for no TLS without it", async () => {
    for (const protocol of ["other", "postgres"] as const) {
      const { port } = await echo(protocol);
      const client = await plain(port);
      client.write("hello");
      expect(await read(client, 5)).toBe("hello");
    }
  });

  test("answers PostgreSQL's request for TLS, and no to the one for GSSAPI that comes before it", async () => {
    const { port } = await echo("postgres");
    const client = await plain(port);
    client.write(GSS_REQUEST);
    expect(await read(client, 1)).toBe("N");
    client.write(SSL_REQUEST.subarray(0, 3));
    client.write(SSL_REQUEST.subarray(3));
    expect(await read(client, 1)).toBe("S");
    const over = await secured(client);
    over.write("hello");
    expect(await read(over, 5)).toBe("hello");
  });

  test("hands PostgreSQL's start-up message on whole", async () => {
    const { port } = await echo("postgres");
    const client = await plain(port);
    const startUp = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
    client.write(startUp);
    expect(await read(client, startUp.length)).toBe(String(startUp));
  });

  test("lets a reset through to the client, and its end to the server", async () => {
    const { port, last } = await echo("other");
    const client = await secured({ port });
    client.write("hello");
    await read(client, 5);
    const failed = once(client, "error");
    abort(last()!); // it has answered
    expect(await failed).toMatchObject([{ code: "ECONNRESET" }]);
    const other = await secured({ port });
    other.end("bye");
    expect(await read(other, 3)).toBe("bye");
  });

  test("closes a connection that ends before it has said anything", async () => {
    const { port, last } = await echo("postgres");
    const client = await plain(port);
    const closed = once(client, "close");
    client.end();
    client.resume();
    await closed;
    expect(last()).toBeUndefined();
  });
});
