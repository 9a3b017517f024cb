import { expect, test } from "vitest";
import type { Parts } from "../assemble.ts";
import type { ReplicaSet } from "../replica-set.ts";
import { fillDiskHand } from "./fill-disk.ts";
import { holdEndpointHand } from "./hold-endpoint.ts";

/** A set of one member, with notes of what was done to it. */
function setOf(component: string, engine: object): { set: ReplicaSet; done: string[] } {
  const done: string[] = [];
  const set = {
    component,
    member: (id: string) => (id === `${component}-a` ? { engine } : undefined),
    holdEndpoint: () => done.push("hold") > 0,
    releaseEndpoint: () => void done.push("release"),
  };
  return { set: set as unknown as ReplicaSet, done };
}

function partsOf(...sets: readonly ReplicaSet[]): Pick<Parts, "replicaSets"> {
  return { replicaSets: sets };
}

test("a full disk is that of the instance named, until it is undone", async () => {
  const full: boolean[] = [];
  const engine = { process: () => ({}), fillDisk: async (is: boolean) => void full.push(is) };
  const hand = fillDiskHand(partsOf(setOf("cache", { process: () => ({}) }).set, setOf("db", engine).set));
  await hand.do({ kind: "fill-disk", instance: "db-a" }, "f");
  expect(full).toEqual([true]);
  await hand.undo({ kind: "fill-disk", instance: "db-a" }, "f");
  expect(full).toEqual([true, false]);
});

test("rejects to fill the disk of what keeps nothing on one, does not run, or is not there", async () => {
  const down = { process: () => null, fillDisk: async () => undefined };
  const hand = fillDiskHand(partsOf(setOf("cache", { process: () => ({}) }).set, setOf("db", down).set));
  for (const instance of ["cache-a", "db-a", "db-b"])
    await expect(hand.do({ kind: "fill-disk", instance }, "f")).rejects.toMatchObject({ code: "RUN-008" });
});

test("a name is held and released where it is asked for, and an unknown one is refused", async () => {
  const [db, books] = [setOf("db", {}), setOf("books", {})];
  const hand = holdEndpointHand(partsOf(db.set, books.set));
  await hand.do({ kind: "hold-endpoint", component: "books" }, "f");
  await hand.undo({ kind: "hold-endpoint", component: "books" }, "f");
  expect([db.done, books.done]).toEqual([[], ["hold", "release"]]);
  await expect(hand.do({ kind: "hold-endpoint", component: "none" }, "f")).rejects.toMatchObject({ code: "RUN-008" });
});
