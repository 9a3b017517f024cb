import { expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.ts";
import { systemClock } from "../base/clock.ts";
import { failoverSpec } from "../control/failover/spec.ts";
import type { Context } from "./context.ts";
import { EventHub } from "./event-hub.ts";
import type { LocalMember } from "./member-acts.ts";
import type { Child } from "./process/child.ts";
import { ReplicaSet } from "./replica-set.ts";

const ZONE = { name: "z1", index: 0 };

/** A member whose process is made up, and lives until it is killed. */
function madeUp(id: string): { member: LocalMember; kill(): void } {
  const { promise: exited, resolve } = Promise.withResolvers<string>();
  let process: Child | null = null;
  const kill = (): void => {
    process = null;
    resolve("SIGKILL");
  };
  const engine = {
    process: () => process,
    hasDisk: () => true,
    start: async () => void (process = { pid: 1, exited } as unknown as Child),
    replication: async () => ({ standbys: [] }),
    kill: async () => kill(),
  };
  const plan = { id, component: "database", zone: ZONE, number: 1, listen: { host: "", port: 1 } };
  return { member: { plan, engine } as unknown as LocalMember, kill };
}

test("a member that is stopped has no role, also where nobody takes its place", async () => {
  const { member, kill } = madeUp("database-z1");
  const context = {
    clock: systemClock,
    events: new EventHub(),
    plan: { region: { name: "r1", index: 0, zones: [ZONE] }, addresses: { link: () => "127.0.0.1" } },
    pace: { name: "fast", factor: 10 },
    reach: { zone: () => true, vantage: () => ZONE },
    state: { readJson: () => undefined, write: () => undefined },
  } as unknown as Context;
  const detection = { intervalMs: 1_000, timeoutMs: 1_000, unhealthyThreshold: 2 };
  const members = [{ id: "database-z1", zone: "z1" }];
  const spec = failoverSpec({
    component: "database",
    members,
    observers: ["z1"],
    acknowledging: 0,
    detection,
    timer: (ms) => ms,
  });
  const onEndpoint = (): void => undefined;
  const set = new ReplicaSet(context, { spec, members: [member], endpointTtlMs: 0, promotionMs: 0, onEndpoint });
  const told = (): unknown[] => set.statuses().map(({ state, role }) => [state, role]);
  set.begin();
  await eventually(() => set.endpoint.primary !== null, { within: "5 seconds" });
  expect(told()).toEqual([["healthy", "primary"]]);
  set.see({ kind: "zone", zone: "z1", reachable: false }); // as in a region without power
  kill();
  expect(told()).toEqual([["stopped", null]]);
  expect(set.endpoint.primary).toBe("database-z1");
  await set.fence();
});
