import { describe, expect, test } from "vitest";
import { SecretsFake } from "../../../test/support/secrets-fake.ts";
import type { Credentials } from "./credentials.ts";
import { type Accounts, type Rotation, rotate } from "./rotation.ts";

/** A database with users in memory. */
class AccountsFake implements Accounts {
  readonly users = new Map<string, string>();
  prepared = 0;

  async prepare(): Promise<void> {
    this.prepared += 1;
  }

  async exists(username: string): Promise<boolean> {
    return this.users.has(username);
  }

  async set({ username, password }: Credentials): Promise<void> {
    this.users.set(username, password);
  }

  async tryLogin({ username, password }: Credentials): Promise<void> {
    if (this.users.get(username) !== password) throw new Error("wrong password");
  }

  async close(): Promise<void> {}
}

function rig(ofUser: Rotation["ofUser"] = {}) {
  const secrets = new SecretsFake();
  secrets.add("app", { username: "app_a", password: "first", port: 5432 });
  const accounts = new AccountsFake();
  let count = 0;
  const rotation: Rotation = {
    secrets,
    accounts,
    users: ["app_a", "app_b"],
    ofUser,
    newPassword: () => `new ${++count}`,
  };
  const turn = async (version: string): Promise<void> => {
    for (const event of secrets.begin("app", version)) await rotate(rotation, event);
  };
  return { secrets, accounts, rotation, turn };
}

describe("a rotation", () => {
  test("names the other user each time, and leaves the one in use alone", async () => {
    const { secrets, accounts, turn } = rig();
    await turn("2");
    expect(secrets.value("app")).toEqual({ username: "app_b", password: "new 1", port: 5432 });
    expect([...accounts.users]).toEqual([
      ["app_a", "first"],
      ["app_b", "new 1"],
    ]);
    await turn("3");
    expect(secrets.value("app")).toMatchObject({ username: "app_a", password: "new 2" });
    expect(accounts.users.get("app_b")).toBe("new 1");
    expect(secrets.value("app", "AWSPREVIOUS")).toMatchObject({ username: "app_b", password: "new 1" });
  });

  test("makes no second password when a step is done again", async () => {
    const { secrets, rotation, accounts } = rig();
    const [create, set] = secrets.begin("app", "2");
    await rotate(rotation, create!);
    await rotate(rotation, create!);
    await rotate(rotation, set!);
    await rotate(rotation, set!);
    expect(accounts.users.get("app_b")).toBe("new 1");
    expect(secrets.value("app")?.password).toBe("first");
  });

  test("does nothing to a version that is current already", async () => {
    const { secrets, rotation, accounts, turn } = rig();
    await turn("2");
    const users = new Map(accounts.users);
    await rotate(rotation, { SecretId: "app", ClientRequestToken: "2", Step: "setSecret" });
    expect(accounts.users).toEqual(users);
    expect(secrets.value("app")?.password).toBe("new 1");
  });

  test("tells a proxy the password of each user by itself, and the first time of both", async () => {
    const { secrets, turn } = rig({ app_a: "of-a", app_b: "of-b" });
    await turn("2");
    expect(secrets.value("of-a")).toMatchObject({ username: "app_a", password: "first" });
    expect(secrets.value("of-b")).toMatchObject({ username: "app_b", password: "new 1" });
    await turn("3");
    expect(secrets.value("of-a")).toMatchObject({ password: "new 2" });
    expect(secrets.value("of-b")).toMatchObject({ password: "new 1" });
  });

  test("fails the test of a password that the database does not take, and the current one stays", async () => {
    const { secrets, rotation, accounts } = rig();
    const [create, set, tryIt] = secrets.begin("app", "2");
    await rotate(rotation, create!);
    await rotate(rotation, set!);
    accounts.users.set("app_b", "something else");
    await expect(rotate(rotation, tryIt!)).rejects.toThrow("wrong password");
    expect(secrets.value("app")?.username).toBe("app_a");
  });

  test("rejects what Secrets Manager would not ask for", async () => {
    const { secrets, rotation, turn } = rig();
    const event = { SecretId: "app", ClientRequestToken: "9", Step: "createSecret" };
    await expect(rotate(rotation, event)).rejects.toThrow("secret app has no version 9");
    secrets.begin("app", "9");
    await expect(rotate(rotation, { ...event, Step: "other" })).rejects.toThrow("no step other");
    await turn("2");
    const former = { ...event, ClientRequestToken: "first" };
    await expect(rotate(rotation, former)).rejects.toThrow("not pending");
    secrets.rotates = false;
    await expect(rotate(rotation, event)).rejects.toThrow("is not rotated");
  });

  test("never says what is in a secret, also when it is not what it should be", async () => {
    const { secrets, rotation } = rig();
    await secrets.writePending("app", "first", "hush-hush");
    await secrets.makeCurrent("app", "first", undefined);
    const [create] = secrets.begin("app", "2");
    const failed = await rotate(rotation, create!).catch((error: unknown) => error as Error);
    expect(failed).toEqual(new Error("the current version of secret app is not JSON"));
    expect((failed as Error).cause).toBeUndefined();
  });
});
