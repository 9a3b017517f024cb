import { once } from "node:events";
import { type AddressInfo, connect as dial } from "node:net";
import { createServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { type CacheUsers, cacheAccounts } from "../../src/aws/lambda/cache-accounts.ts";
import { type Rotation, rotate } from "../../src/aws/lambda/rotation.ts";
import { systemClock } from "../../src/base/clock.ts";
import { makeCertificates } from "../../src/local/certificate.ts";
import { CONTROL_USER, controlPasswordOf } from "../../src/local/engine/cache-config.ts";
import { type CacheRig, createCacheRig, startCacheRig } from "../support/cache-rig.ts";
import { type Fixture, createFixture } from "../support/fixture.ts";
import { SecretsFake } from "../support/secrets-fake.ts";

const FIRST = "made by CloudFormation";
const USER_IDS = { "app-a": "sessions-app-a-1", "app-b": "sessions-app-b-1" };

/**
 * ElastiCache in front of real nodes: it takes a change, refuses another one meanwhile, and has told all nodes once it
 * was asked about it twice.
 */
class ElastiCacheFake implements CacheUsers {
  readonly #nodes: readonly Redis[];
  readonly #changes = new Map<string, { readonly password: string; left: number }>();
  asked = 0;
  /** What happens to a password on its way to the nodes. */
  change = (password: string): string => password;
  /** Thrown by the next question. */
  outage: Error | null = null;

  constructor(nodes: readonly Redis[]) {
    this.#nodes = nodes;
  }

  async status(userId: string): Promise<string> {
    this.asked += 1;
    const { outage } = this;
    this.outage = null;
    if (outage !== null) throw outage;
    const change = this.#changes.get(userId);
    if (change === undefined) return "active";
    change.left -= 1;
    if (change.left > 0) return "modifying";
    await this.tell(userId, change.password);
    this.#changes.delete(userId);
    return "active";
  }

  async setPassword(userId: string, password: string): Promise<void> {
    if (this.#changes.has(userId)) throw new Error("InvalidUserState");
    this.#changes.set(userId, { password: this.change(password), left: 2 });
  }

  async tell(userId: string, password: string): Promise<void> {
    const name = Object.entries(USER_IDS).find(([, id]) => id === userId)?.[0] ?? "";
    for (const node of this.#nodes) {
      await node.call("acl", "setuser", name, "on", "resetpass", `>${password}`, "~*", "&*", "+@all");
    }
  }
}

/** Three nodes of a real cache, with the users and the secret that a first deploy makes. */
async function start(fixture: Fixture, net: number) {
  const rig = await createCacheRig(fixture, net);
  await startCacheRig(rig);
  const control = { username: CONTROL_USER, password: controlPasswordOf("only-a-test") };
  const elastiCache = new ElastiCacheFake(Object.values(rig.direct).map((node) => connect(fixture, node, control)));
  for (const id of Object.values(USER_IDS)) await elastiCache.tell(id, FIRST);
  const secrets = new SecretsFake();
  secrets.add("sessions", { username: "app-a", password: FIRST });
  let [made, paused] = [0, 0];
  const rotation: Rotation = {
    secrets,
    accounts: cacheAccounts({
      ...rig.direct.a,
      userIds: USER_IDS,
      users: elastiCache,
      tls: false,
      pause: async () => void (paused += 1),
    }),
    users: ["app-a", "app-b"],
    ofUser: {},
    newPassword: () => `made by the function, ${++made}`,
  };
  const turn = async (version: string): Promise<void> => {
    for (const event of secrets.begin("sessions", version)) await rotate(rotation, event);
  };
  return { rig, elastiCache, secrets, rotation, turn, made: () => made, paused: () => paused };
}

function connect(
  fixture: Fixture,
  node: CacheRig["direct"]["a"],
  login: { username: string; password: string },
): Redis {
  const client = new Redis({ ...node, ...login, lazyConnect: true, enableReadyCheck: false, maxRetriesPerRequest: 1 });
  client.on("error", () => undefined); // it fails the command
  fixture.onEnd(() => client.disconnect());
  return client;
}

describe("the users of a real cache", () => {
  test("alternate, and a program that runs goes on through a rotation, also when it connects anew", async () => {
    await using fixture = createFixture();
    const { rig, secrets, turn, paused } = await start(fixture, 57);
    const log = (secret: Record<string, string> | null) => ({
      username: secret?.["username"] ?? "",
      password: secret?.["password"] ?? "",
    });
    const first = log(secrets.value("sessions"));
    const program = connect(fixture, rig.direct.a, first);
    await program.set("cart", "tea");

    await turn("second");
    const second = log(secrets.value("sessions"));
    expect(second).toEqual({ username: "app-b", password: "made by the function, 1" });
    expect(secrets.value("sessions", "AWSPREVIOUS")).toEqual(first);
    expect(paused()).toBe(1); // it waited for the nodes
    expect(await program.get("cart")).toBe("tea");
    expect(await connect(fixture, rig.direct.a, first).get("cart")).toBe("tea");
    // Whoever is promoted knows the new one, too.
    for (const node of Object.values(rig.direct)) {
      expect(await connect(fixture, node, second).call("acl", "whoami")).toBe("app-b");
    }

    await turn("third");
    const third = log(secrets.value("sessions"));
    expect(third.username).toBe("app-a");
    expect(await connect(fixture, rig.direct.a, second).get("cart")).toBe("tea");
    expect(await connect(fixture, rig.direct.a, third).get("cart")).toBe("tea");
    expect(await program.get("cart")).toBe("tea"); // a connection outlives its password
    await expect(connect(fixture, rig.direct.a, first).get("cart")).rejects.toThrow("WRONGPASS");
  });

  test("have one new password when a rotation is interrupted in any step, and begun again", async () => {
    await using fixture = createFixture();
    const { elastiCache, secrets, rotation, made, rig } = await start(fixture, 58);
    for (const event of secrets.begin("sessions", "second")) {
      if (event.Step === "setSecret" || event.Step === "testSecret") {
        elastiCache.outage = new Error("ThrottlingException");
        await expect(rotate(rotation, event)).rejects.toThrow("ThrottlingException");
      }
      await rotate(rotation, event);
      await rotate(rotation, event); // its answer did not arrive
      expect(secrets.value("sessions")?.["username"]).toBe(event.Step === "finishSecret" ? "app-b" : "app-a");
    }
    // From the beginning: the version is current, and nothing is left to do.
    const asked = elastiCache.asked;
    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
      await rotate(rotation, { SecretId: "sessions", ClientRequestToken: "second", Step });
    }
    expect([made(), elastiCache.asked]).toEqual([1, asked]);
    const { username = "", password = "" } = secrets.value("sessions") ?? {};
    expect(await connect(fixture, rig.direct.a, { username, password }).call("acl", "whoami")).toBe("app-b");
  });

  test("fail the test of a password that the nodes do not have, and the one in use stays", async () => {
    await using fixture = createFixture();
    const { elastiCache, secrets, rotation, rig } = await start(fixture, 59);
    const [create, set, tryIt] = secrets.begin("sessions", "second");
    await rotate(rotation, create!);
    elastiCache.change = () => "another one";
    await rotate(rotation, set!);
    await expect(rotate(rotation, tryIt!)).rejects.toThrow("WRONGPASS");
    expect(secrets.value("sessions")).toEqual({ username: "app-a", password: FIRST });
    const login = { username: "app-a", password: FIRST };
    expect(await connect(fixture, rig.direct.a, login).call("acl", "whoami")).toBe("app-a");

    // Secrets Manager tries again from the first step, with the same version.
    elastiCache.change = (password) => password;
    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
      await rotate(rotation, { SecretId: "sessions", ClientRequestToken: "second", Step });
    }
    expect(secrets.value("sessions")).toEqual({ username: "app-b", password: "made by the function, 1" });
  });

  test("are tried over TLS, with a certificate that is trusted and of this host", async () => {
    await using fixture = createFixture();
    const { rig, elastiCache } = await start(fixture, 61);
    const { authority, certificate, key } = await makeCertificates(["127.0.0.1"], systemClock.now());
    const server = createServer({ cert: certificate, key }, (socket) => {
      const node = dial(rig.direct.a);
      for (const each of [socket, node]) each.on("error", () => undefined);
      socket.pipe(node).pipe(socket);
    }).listen(0);
    await once(server, "listening");
    fixture.onEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const login = { username: "app-a", password: FIRST };
    const tryAt = (host: string): Promise<void> =>
      cacheAccounts({ host, port, userIds: USER_IDS, users: elastiCache, tls: true, pause: async () => {} }).tryLogin(
        login,
      );
    await expect(tryAt("127.0.0.1")).rejects.toThrow(/unable to verify|self-signed/);
    const trusted = getCACertificates("default");
    fixture.onEnd(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, authority]);
    await tryAt("127.0.0.1");
    await expect(tryAt("127.0.0.2")).rejects.toThrow(/not in the cert's list/);
  });

  test("fail a rotation whose user never becomes active, after ten minutes", async () => {
    await using fixture = createFixture();
    const { elastiCache, secrets, rotation, paused } = await start(fixture, 60);
    const [create, set] = secrets.begin("sessions", "second");
    await rotate(rotation, create!);
    elastiCache.status = async () => "deleting";
    await expect(rotate(rotation, set!)).rejects.toThrow("the user sessions-app-b-1 did not become active");
    expect(paused() * 10_000).toBe(590_000);
    expect(secrets.value("sessions")?.["username"]).toBe("app-a");
  });
});
