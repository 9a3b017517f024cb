import { describe, expect, test } from "vitest";
import { SecretsFake } from "../../../test/support/secrets-fake.ts";
import { type EdgeRotation, type FrontDoor, rotateEdge } from "./edge-rotation.ts";

const SENT = "edge";
const NEXT = "edge-next";
const MINUTE_MS = 60_000;

class Interrupted extends Error {}

/**
 * CloudFront and two regions' balancers, and Secrets Manager with copies that come later. Whatever may be sent must be
 * let in, at every moment; each call is a moment before it and one after it.
 */
class World implements FrontDoor {
  readonly secrets = new SecretsFake();
  readonly rules: [readonly string[], readonly string[]] = [
    ["one", "two"],
    ["one", "two"],
  ];
  /** What CloudFront's places may send; more than one while a change is on its way. */
  flying: readonly string[] = ["one"];
  header = "one";
  moments = 0;
  /** What happens at a moment. */
  at = new Map<number, () => void>();
  #polls = 0;
  #count = 0;
  #waiting: (() => void)[] = [];
  #copies = { sent: "one", next: "two" };

  constructor() {
    this.secrets.add(SENT, { value: "one" });
    this.secrets.add(NEXT, { value: "two" });
  }

  rotation(): EdgeRotation {
    return {
      secrets: new Proxy(this.secrets, { get: (of, name) => this.#call(Reflect.get(of, name), of) }),
      door: this,
      nextSecret: NEXT,
      newValue: () => `new ${(this.#count += 1)}`,
      pause: async (ms) => {
        this.#copies = { sent: this.value(SENT), next: this.value(NEXT) };
        this.secrets.copiesAreEven = true;
        if (ms >= MINUTE_MS) this.write();
      },
    };
  }

  value(secret: string): string {
    return this.secrets.value(secret)!["value"]!; // both have one
  }

  async sent(): Promise<readonly string[] | null> {
    this.#moment();
    if (this.#polls > 0) {
      this.#polls -= 1;
      if (this.#polls === 0) this.flying = [this.header];
      return null;
    }
    return [this.header];
  }

  async send(value: string): Promise<void> {
    this.#moment();
    this.#distribute(value);
    this.#moment();
  }

  async accept(values: readonly string[]): Promise<void> {
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
    expect(values.length).toBeLessThanOrEqual(3);
    expect(new Set(values).size).toBe(values.length);
    for (const index of [0, 1] as const) {
      this.#moment();
      this.rules[index] = values;
    }
    this.#moment();
  }

  /** CloudFormation reads both secrets, here or from a copy, and writes what it has read now or within a minute. */
  updateStacks({ copy, late }: { readonly copy: boolean; readonly late: boolean }): void {
    const read = copy ? this.#copies : { sent: this.value(SENT), next: this.value(NEXT) };
    this.#waiting.push(() => {
      this.#distribute(read.sent);
      this.rules[copy ? 1 : 0] = [read.sent, read.next];
    });
    if (!late) this.write();
  }

  /** What is not let in, of what may be sent. */
  refused(): readonly string[] {
    return this.flying.filter((value) => this.rules.some((accepted) => !accepted.includes(value)));
  }

  /** What CloudFormation has read is written: a minute is over. */
  write(): void {
    for (const write of this.#waiting.splice(0)) write();
    expect(this.refused()).toEqual([]);
  }

  #distribute(value: string): void {
    if (value === this.header) return;
    this.flying = [...new Set([...this.flying, value])];
    this.header = value;
    this.#polls = 2;
  }

  #moment(): void {
    expect(this.refused()).toEqual([]);
    this.at.get((this.moments += 1))?.();
    expect(this.refused()).toEqual([]);
  }

  #call(method: unknown, of: SecretsFake): unknown {
    if (typeof method !== "function") return method;
    return async (...args: unknown[]): Promise<unknown> => {
      this.#moment();
      const before = [this.value(SENT), this.value(NEXT)].join();
      const result: unknown = await method.apply(of, args);
      if (before !== [this.value(SENT), this.value(NEXT)].join()) this.secrets.copiesAreEven = false;
      this.#moment();
      return result;
    };
  }
}

/** One attempt at a rotation; whether it came to its end. */
async function attempt(world: World, version: string): Promise<boolean> {
  const { stages } = await world.secrets.describe(SENT);
  const events =
    stages[version] === undefined
      ? world.secrets.begin(SENT, version)
      : ["createSecret", "setSecret", "testSecret", "finishSecret"].map((Step) => {
          return { SecretId: SENT, ClientRequestToken: version, Step };
        });
  try {
    for (const event of events) await rotateEdge(world.rotation(), event);
    world.write();
    return true;
  } catch (error) {
    if (error instanceof Interrupted || /sends another value/.test(String(error))) return false;
    throw error;
  }
}

/** What a rotation must end in: a value that was let in before is sent, and the former one is let in nowhere. */
function expectRotated(world: World, former: string): void {
  expect(world.refused()).toEqual([]);
  expect(world.flying).toEqual([world.value(SENT)]);
  const both = [world.value(SENT), world.value(NEXT)];
  expect(world.rules).toEqual([both, both]);
  expect(both).not.toContain(former);
}

async function momentsOfARotation(): Promise<number> {
  const world = new World();
  expect(await attempt(world, "2")).toBe(true);
  return world.moments;
}

describe("a rotation of what the edge sends", () => {
  test("sends the value that balancers let in already, and then lets the former one in no more", async () => {
    const world = new World();
    expect(await attempt(world, "2")).toBe(true);
    expect(world.header).toBe("two");
    expectRotated(world, "one");
    expect(await attempt(world, "3")).toBe(true);
    expect(world.header).toBe("new 1");
    expectRotated(world, "two");
  });

  test("turns no request away when it is interrupted at any moment, and started again", async () => {
    const moments = await momentsOfARotation();
    expect(moments).toBeGreaterThan(30);
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      world.at.set(moment, () => {
        throw new Interrupted();
      });
      expect(await attempt(world, "2")).toBe(false);
      expect(await attempt(world, "2")).toBe(true);
      expectRotated(world, "one");
    }
  });

  test("turns no request away when it is interrupted and never finished, but for the next rotation", async () => {
    const moments = await momentsOfARotation();
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      world.at.set(moment, () => {
        throw new Interrupted();
      });
      await attempt(world, "2");
      const former = world.value(SENT);
      // A version that is pending is taken up again; where there is none a new one is begun.
      const isPending = world.secrets.value(SENT, "AWSPENDING") !== null || former === "one";
      expect(await attempt(world, isPending ? "2" : "3")).toBe(true);
      expectRotated(world, former);
    }
  });

  test.each([
    { copy: false, late: false },
    { copy: false, late: true },
    { copy: true, late: false },
    { copy: true, late: true },
  ])("turns no request away when stacks are updated at any moment (%o)", async (how) => {
    const moments = await momentsOfARotation();
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new World();
      world.at.set(moment, () => world.updateStacks(how));
      for (let tries = 0; !(await attempt(world, "2")); tries += 1) expect(tries).toBeLessThan(3);
      expect(world.refused()).toEqual([]);
      expect(world.header).toBe(world.value(SENT));
      world.at.clear();
      expect(await attempt(world, "3")).toBe(true);
      world.updateStacks({ copy: false, late: false });
      expect(world.header).toBe(world.value(SENT));
    }
  });

  test("lets in what the distribution sends, also where that is no value of the secrets", async () => {
    const world = new World();
    world.rules[0] = world.rules[1] = ["by hand", "one"];
    [world.header, world.flying] = ["by hand", ["by hand"]];
    expect(await attempt(world, "2")).toBe(true);
    expectRotated(world, "by hand");
  });

  test("keeps letting the former value in while the distribution, or a copy of the secret, is behind", async () => {
    const world = new World();
    const rotation = world.rotation();
    const events = world.secrets.begin(SENT, "2");
    await rotateEdge(rotation, events[0]!);
    await rotateEdge(rotation, events[1]!);
    const door = Object.assign(Object.create(world) as World, { sent: async () => null });
    const never: EdgeRotation = { ...rotation, door };
    await expect(rotateEdge(never, events[3]!)).rejects.toThrow("CloudFront has not finished");
    await rotateEdge(rotation, events[2]!);
    const apart: EdgeRotation = { ...rotation, pause: async () => undefined };
    await expect(rotateEdge(apart, events[3]!)).rejects.toThrow("copies of secret edge in other regions are behind");
    expect(world.rules).toEqual([
      ["one", "two"],
      ["one", "two"],
    ]);
  });

  test("never says what is in a secret, and rejects a step that there is not", async () => {
    const world = new World();
    await world.secrets.replace(NEXT, '"hush-hush"');
    const [create] = world.secrets.begin(SENT, "2");
    const failed = await rotateEdge(world.rotation(), create!).catch((error: unknown) => error);
    expect(failed).toEqual(new Error('the current version of secret edge-next has no "value"'));
    await expect(rotateEdge(world.rotation(), { ...create!, Step: "other" })).rejects.toThrow("no step other");
  });
});
