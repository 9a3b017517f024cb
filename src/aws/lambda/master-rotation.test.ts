import { describe, expect, test } from "vitest";
import { SecretsFake } from "../../../test/support/secrets-fake.ts";
import type { Credentials } from "./credentials.ts";
import { type Master, type MasterRotation, logInAsMaster, rotateMaster } from "./master-rotation.ts";

const SECRET = "shop-production-database-master";
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

class Interrupted extends Error {}

interface Session {
  close(): Promise<void>;
}

/** A database whose master has one password, RDS, which sets another one some time later, and Secrets Manager. */
class World implements Master<Session> {
  readonly secrets = new SecretsFake();
  password = "first";
  open = 0;
  resets = 0;
  moments = 0;
  /** What happens at a moment. */
  at = new Map<number, () => void>();
  #count = 0;
  #asked: string | null = null;
  #waiting: (() => void)[] = [];

  constructor() {
    this.secrets.add(SECRET, { username: "administrator", password: "first", port: 5432 });
  }

  rotation(): MasterRotation<Session> {
    return {
      secrets: new Proxy(this.secrets, { get: (of, name) => this.#call(Reflect.get(of, name), of) }),
      secret: SECRET,
      master: this,
      newPassword: () => `new ${(this.#count += 1)}`,
      pause: async () => this.settle(),
    };
  }

  async logIn({ username, password }: Credentials): Promise<Session | null> {
    this.#moment();
    expect(username).toBe("administrator");
    if (password !== this.password) return null;
    this.open += 1;
    return { close: async () => void (this.open -= 1) };
  }

  async reset(password: string): Promise<void> {
    this.#moment();
    this.resets += 1;
    this.#asked = password;
    this.#moment();
  }

  /** What RDS was asked for is in force, and what CloudFormation has read is written. */
  settle(): void {
    this.password = this.#asked ?? this.password;
    this.#asked = null;
    for (const write of this.#waiting.splice(0)) write();
  }

  /** CloudFormation reads the secret, and gives it to the database now or later. */
  updateStack({ late }: { readonly late: boolean }): void {
    const { password } = this.secrets.value(SECRET)!; // it has one
    this.#waiting.push(() => void (this.password = password!));
    if (!late) this.settle();
  }

  #moment(): void {
    this.at.get((this.moments += 1))?.();
  }

  #call(method: unknown, of: SecretsFake): unknown {
    if (typeof method !== "function") return method;
    return async (...args: unknown[]): Promise<unknown> => {
      this.#moment();
      const result: unknown = await method.apply(of, args);
      this.#moment();
      return result;
    };
  }
}

/** One attempt at a rotation; whether it came to its end. */
async function attempt(world: World, version: string): Promise<boolean> {
  const { stages } = await world.secrets.describe(SECRET);
  if (stages[version] === undefined) world.secrets.begin(SECRET, version);
  try {
    for (const Step of STEPS) {
      await rotateMaster(world.rotation(), { SecretId: SECRET, ClientRequestToken: version, Step });
    }
    return true;
  } catch (error) {
    if (error instanceof Interrupted || /does not take the master's password yet/.test(String(error))) return false;
    throw error;
  } finally {
    world.settle();
  }
}

async function momentsOfARotation(): Promise<number> {
  const world = new World();
  expect(await attempt(world, "2")).toBe(true);
  return world.moments;
}

/** Who rotates the users comes in, and leaves. */
async function comeIn(world: World): Promise<void> {
  const session = await logInAsMaster(world.rotation());
  await session.close();
}

function expectRotated(world: World): void {
  expect(world.password).toBe(world.secrets.value(SECRET)?.password);
  expect(world.open).toBe(0);
}

describe("a rotation of the master's password", () => {
  test("has RDS set a new one, and makes it the current one when the database takes it", async () => {
    const world = new World();
    expect(await attempt(world, "2")).toBe(true);
    expect(world.secrets.value(SECRET)).toEqual({ username: "administrator", password: "new 1", port: 5432 });
    expect(world.secrets.value(SECRET, "AWSPREVIOUS")).toMatchObject({ password: "first" });
    expectRotated(world);
    expect(await attempt(world, "3")).toBe(true);
    expectRotated(world);
  });

  test("ends well when it is interrupted at any moment, and begun again", async () => {
    const moments = await momentsOfARotation();
    expect(moments).toBeGreaterThan(20);
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      world.at.set(moment, () => {
        throw new Interrupted();
      });
      expect(await attempt(world, "2")).toBe(false);
      await comeIn(world);
      expect(world.resets, `interrupted at ${moment}`).toBeLessThanOrEqual(1); // the rotation's own
      expect(await attempt(world, "2")).toBe(true);
      expectRotated(world);
    }
  });

  test.each([{ late: false }, { late: true }])(
    "keeps whoever rotates users able to come in when a stack is updated at any moment (%o)",
    async (how) => {
      const moments = await momentsOfARotation();
      for (let moment = 1; moment <= moments; moment += 1) {
        const world = new World();
        world.at.set(moment, () => world.updateStack(how));
        for (let tries = 0; !(await attempt(world, "2")); tries += 1) expect(tries).toBeLessThan(3);
        const { resets } = world;
        await comeIn(world);
        expect(world.resets, `updated at ${moment}`).toBe(resets); // one of the three versions was taken
        expect(await attempt(world, "3")).toBe(true);
        expectRotated(world);
      }
    },
  );

  test("makes no second password when a step is done again", async () => {
    const world = new World();
    world.secrets.begin(SECRET, "2");
    for (const Step of ["createSecret", "createSecret", "setSecret", "setSecret"]) {
      await rotateMaster(world.rotation(), { SecretId: SECRET, ClientRequestToken: "2", Step });
    }
    world.settle();
    expect(world.password).toBe("new 1");
    expect(world.secrets.value(SECRET, "AWSPENDING")).toMatchObject({ password: "new 1" });
  });

  test("does not become current with a password that the database does not take", async () => {
    const world = new World();
    world.secrets.begin(SECRET, "2");
    const step = (Step: string) => rotateMaster(world.rotation(), { SecretId: SECRET, ClientRequestToken: "2", Step });
    await step("createSecret");
    await step("setSecret");
    await step("testSecret");
    world.password = "somebody's";
    await expect(step("finishSecret")).rejects.toThrow("does not take the master's password yet");
    expect(world.secrets.value(SECRET)?.password).toBe("first");
  });
});

describe("who logs in as the master", () => {
  test("comes in at any moment of a rotation, which ends all the same", async () => {
    const moments = await momentsOfARotation();
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      const coming: Promise<void>[] = [];
      world.at.set(moment, () => coming.push(comeIn(world)));
      for (let tries = 0; !(await attempt(world, "2")); tries += 1) expect(tries).toBeLessThan(3);
      await Promise.all(coming);
      expectRotated(world);
    }
  });

  test("comes in in another region, whatever of a rotation had reached its copies before the loss", async () => {
    const moments = await momentsOfARotation();
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      world.at.set(moment, () => {
        throw new Interrupted();
      });
      await attempt(world, "2");
      for (const password of ["first", "new 1"]) {
        for (const copied of ["first", "new 1"]) {
          const other = new World();
          other.secrets.add(SECRET, { username: "administrator", password: copied }); // no copy has other versions
          other.password = password;
          await comeIn(other);
          expect(await attempt(other, "3")).toBe(true);
          expectRotated(other);
        }
      }
    }
  });

  test("has the current one set where the database was made from a snapshot of long ago", async () => {
    const world = new World();
    world.password = "of last year";
    await comeIn(world);
    expect(world.password).toBe("first");
    expect(world.resets).toBe(1);
  });

  test("sets nothing where nobody could be asked", async () => {
    const world = new World();
    const away = {
      ...world.rotation(),
      master: { logIn: () => Promise.reject(new Error("timeout")), reset: world.reset },
    };
    await expect(logInAsMaster(away)).rejects.toThrow("timeout");
    expect(world.resets).toBe(0);
  });
});
