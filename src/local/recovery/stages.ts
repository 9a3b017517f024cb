import { request } from "undici";
import type { Ms } from "../../base/units.ts";
import type { PlanKind, StageAct } from "../../control/recovery/language.ts";
import { TAKEOVER } from "../../facts/takeover.ts";
import { timer } from "../../topology/timing.ts";
import { componentsOf } from "../../topology/topology.ts";
import type { Context } from "../context.ts";
import { balancerFromOutside } from "../plan.ts";
import type { LocalRegion } from "../region/local-region.ts";
import { STANDING_READY } from "../region/posture.ts";
import { PORT } from "../address.ts";
import type { Reconciliation } from "./reconciliation.ts";

/** How long the databases of a region may take to lead, or to follow, until it is tried again. */
export const TURN_WITHIN_MS: Ms = 30_000;

/** How long each stage may take until it is tried again. They guard against a hang, and are no part of AWS's times. */
const WITHIN: Readonly<Record<"whole" | "lease" | "catchUp" | "request", Ms>> = {
  whole: 60_000,
  lease: 15_000,
  catchUp: 20_000,
  request: 2_000,
};
const LOOK_AGAIN_MS: Ms = 25;

/** What stages are done with. */
export interface StagesOn {
  readonly context: Omit<Context, "plan" | "reach">;
  readonly regions: readonly LocalRegion[];
  /** Whether commands reach a region and its answers come back. */
  canCommand(region: LocalRegion): boolean;
  /** Tells the witnesses that can be reached; whether a majority of all of them says so. */
  bar(region: string): Promise<boolean>;
  admit(region: string): Promise<boolean>;
  /** Customers are led to this region, or to all that may serve where regions share them; whether that is a change. */
  leadTo(region: string): boolean;
  /** The databases of each region that follows copy this one's from now on. */
  follow(leader: LocalRegion): void;
  readonly reconciliation: Reconciliation;
  /** Restores the databases of a region from its own backups. */
  restore(region: LocalRegion): Promise<boolean>;
  /** What a region runs has changed, and is to be remembered. */
  remember(): void;
}

/** Does a stage; whether it is done. One that rejects is not. */
export type DoStage = (stage: StageAct, kind: PlanKind) => Promise<boolean>;

/** How each stage of a plan is done in the local world. Each can be repeated. */
export function stagesOf(on: StagesOn): DoStage {
  const find = (name: string): LocalRegion => on.regions.find((region) => region.name === name)!; // the spec's names
  return async ({ name, region, other }, kind) => {
    const subject = find(region);
    if (name === "fence") return fence(on, subject);
    if (!on.canCommand(subject)) return false;
    switch (name) {
      case "restore":
        return kind === "failover" ? on.restore(subject) : copy(on, subject);
      case "start":
      case "scale":
        return grow(on, subject);
      case "quiesce":
        return quiesce(on, subject);
      case "catch-up":
        return catchUp(on, subject, find(other));
      case "promote":
        return promote(on, subject, find(other));
      case "shift":
        return shift(on, region);
      case "follow":
        return standBy(on, subject, find(other));
      case "verify":
        return verify(on, subject);
      case "resume":
        return resume(on, subject);
      case "save":
        return on.reconciliation.save(subject, find(other));
      case "reseed":
        return reseed(on, subject, find(other));
    }
  };
}

/** Nothing of it may work: it gets no lease any more, and what can be reached of it is ended. */
async function fence(on: StagesOn, region: LocalRegion): Promise<boolean> {
  const barred = on.bar(region.name);
  if (on.canCommand(region)) {
    await region.open();
    await region.fence();
  } else region.giveUp();
  on.remember();
  return barred;
}

async function grow(on: StagesOn, region: LocalRegion): Promise<boolean> {
  await region.open();
  region.scaleServices("full");
  on.remember();
  return region.whole(WITHIN.whole);
}

/** It acknowledges nothing any more: its lease is over. Then what is under way in its database is ended. */
async function quiesce(on: StagesOn, region: LocalRegion): Promise<boolean> {
  const deadline = on.context.clock.now() + WITHIN.lease;
  while (!(await on.bar(region.name))) {
    if (on.context.clock.now() > deadline) return false;
    await on.context.clock.sleep(LOOK_AGAIN_MS);
  }
  await Promise.all(region.databases.map((set) => set.first.endSessions()));
  return true;
}

/** Nothing can be written in the other region any more, so where its log ends now is where it ends. */
async function catchUp(on: StagesOn, region: LocalRegion, other: LocalRegion): Promise<boolean> {
  if (!on.canCommand(other)) return false;
  const deadline = on.context.clock.now() + WITHIN.catchUp;
  const ends = await Promise.all(other.databases.map((set) => set.first.offset()));
  for (const [index, end] of ends.entries()) {
    const copyOf = region.databases[index];
    if (end === undefined || !copyOf) return false;
    while (((await copyOf.first.offset()) ?? 0) < end) {
      if (on.context.clock.now() > deadline) return false;
      await on.context.clock.sleep(LOOK_AGAIN_MS);
    }
  }
  return true;
}

/** The former region's lease is over, so this one's can begin. */
async function promote(on: StagesOn, region: LocalRegion, former: LocalRegion): Promise<boolean> {
  if (!(await on.bar(former.name))) return false;
  await on.reconciliation.noteFork(former, region);
  on.follow(region);
  const turned = await region.turnData("leads", TURN_WITHIN_MS);
  on.remember();
  return turned && on.admit(region.name);
}

/** Customers are there once an alarm has seen the switch, and what resolvers keep of the DNS is stale. */
async function shift({ context, leadTo }: StagesOn, region: string): Promise<boolean> {
  if (!leadTo(region)) return true;
  const { topology, pace, clock } = context;
  const ttlMs = componentsOf(topology, "edge")[0]?.settings.dnsTtlMs ?? 0;
  await clock.sleep(timer(TAKEOVER.alarm.value[1] + ttlMs, pace));
  return true;
}

/**
 * The region that served copies the one that does now, and runs what its strategy keeps ready. Where that is nothing,
 * what its workers had not worked off goes to the other region's.
 */
async function standBy(on: StagesOn, region: LocalRegion, leader: LocalRegion): Promise<boolean> {
  const ready = STANDING_READY[on.context.topology.recovery];
  on.follow(leader);
  region.scaleServices(ready.services);
  if (ready.services === "off") await on.reconciliation.handOver(region, leader);
  const turned = ready.data === "follows" ? await region.turnData("follows", TURN_WITHIN_MS) : true;
  if (ready.data === "off") await region.fence();
  on.remember();
  return turned;
}

/** A copy of what the other region has, in place of backups: it is there, and nothing may be lost. */
async function copy(on: StagesOn, region: LocalRegion): Promise<boolean> {
  await region.open();
  const turned = await region.turnData("follows", TURN_WITHIN_MS);
  on.remember();
  return turned;
}

/** What its copies have beyond the fork is found out when they are told to follow: those are made anew. */
async function reseed(on: StagesOn, region: LocalRegion, leader: LocalRegion): Promise<boolean> {
  on.leadTo(leader.name);
  return standBy(on, region, leader);
}

async function resume(on: StagesOn, region: LocalRegion): Promise<boolean> {
  on.leadTo(region.name);
  if (region.posture.data !== "leads" || region.posture.services !== "full") {
    await region.turnData("leads", TURN_WITHIN_MS);
    region.scaleServices("full");
    on.remember();
  }
  return on.admit(region.name);
}

/** Requests of customers' own kind succeed: each service that they come to answers at a balancer node, from outside. */
async function verify(on: StagesOn, region: LocalRegion): Promise<boolean> {
  const { plan } = region.context;
  const answers = componentsOf(on.context.topology, "service").map(async ({ id, settings }) => {
    const nodes = plan.balancers.filter(({ service }) => service === id);
    if (nodes.length === 0) return true;
    const path = settings.health?.path ?? "/";
    const asked = nodes.map(async (node) => {
      const { host } = balancerFromOutside(plan, node);
      const limits = { headersTimeout: WITHIN.request, bodyTimeout: WITHIN.request };
      const { statusCode, body } = await request(`http://${host}:${PORT.http}${path}`, limits);
      await body.dump();
      return statusCode < 400;
    });
    return (await Promise.allSettled(asked)).some((each) => each.status === "fulfilled" && each.value);
  });
  return (await Promise.all(answers)).every((each) => each) && region.mayWrite();
}
