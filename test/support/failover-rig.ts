import { every, systemClock } from "../../src/base/clock.ts";
import { messageOf } from "../../src/base/error.ts";
import { failover } from "../../src/control/failover.ts";
import type { FailoverSeen, FailoverSpec, FailoverState, MemberAct } from "../../src/control/failover/language.ts";
import { runInRealTime } from "../../src/local/controller-world.ts";
import type { DatabaseRig, RigZone } from "./database-rig.ts";
import type { Fixture } from "./fixture.ts";

/** The failover controller over a rig, as the supervisor runs it, with what it did. */
export interface FailoverRig {
  see(...seen: readonly FailoverSeen[]): void;
  state(): FailoverState;
  /** Acts and decisions in order, such as `hold database-b` or `promoted database-b`, with their end. */
  readonly log: { readonly what: string; readonly at: number; detail?: string }[];
}

const ZONES: readonly RigZone[] = ["a", "b", "c"];

const SPEC: FailoverSpec = {
  component: "database",
  members: ZONES.map((zone) => ({ id: `database-${zone}`, zone })),
  observers: ZONES,
  acknowledging: 1,
  retryMs: 100,
  restartDelayMs: 100,
  patienceMs: 2_000,
  first: "database-a",
};

/** Starts the controller; it brings the members up, a as the primary. The test tells what observers see. */
export function runFailover(fixture: Fixture, rig: DatabaseRig): FailoverRig {
  const log: FailoverRig["log"] = [];
  const zoneOf = (member: string): RigZone => member.slice(-1) as RigZone;
  const perform = async (act: MemberAct): Promise<void> => {
    const entry: FailoverRig["log"][number] = { what: `${act.kind} ${act.member}`, at: systemClock.now() };
    log.push(entry);
    const end = await performOn(rig, act, zoneOf).catch((error: unknown) => ({ ok: false, detail: messageOf(error) }));
    entry.detail = JSON.stringify(end);
    running.see({ kind: "done", id: act.id, ...end });
  };
  const running = runInRealTime({
    controller: failover,
    spec: SPEC,
    state: failover.start(SPEC, systemClock.now()),
    clock: systemClock,
    perform: (act) => {
      if (act.kind === "decision") log.push({ what: `${act.what} ${act.subject}`, at: systemClock.now() });
      else if (act.kind === "endpoint") running.see({ kind: "done", id: act.id, ok: true });
      else if (act.kind !== "redundancy") queueMicrotask(() => void perform(act));
    },
  });
  const poll = every(systemClock, 100, async () => {
    const { primary, failing } = running.state();
    if (failing) return;
    const seen = await rig.members[zoneOf(primary)].replication(rig.direct[zoneOf(primary)]).catch(() => null);
    for (const { id, streaming } of seen?.standbys ?? []) running.see({ kind: "streaming", member: id, ok: streaming });
  });
  fixture.onEnd(() => {
    poll();
    running.stop();
  });
  return { see: running.see, state: running.state, log };
}

type End = Omit<Extract<FailoverSeen, { kind: "done" }>, "kind" | "id">;

async function performOn(rig: DatabaseRig, act: MemberAct, zoneOf: (member: string) => RigZone): Promise<End> {
  const zone = zoneOf(act.member);
  const member = rig.members[zone];
  const via = rig.direct[zone];
  const primaryOf = (primary: string): DatabaseRig["direct"]["a"] => rig.link(zone, zoneOf(primary)).listen;
  const follow = async (primary: string): Promise<End> => {
    const diverged = (await member.follow(via, primaryOf(primary))) === "diverged";
    return { ok: !diverged, diverged };
  };
  switch (act.kind) {
    case "start":
      if (act.as.role === "primary" && !member.hasDisk()) await member.initialise();
      if (act.as.role !== "standby") return member.start(act.as).then(() => ({ ok: true }));
      await member.start({ role: "standby", primary: primaryOf(act.as.primary) });
      return follow(act.as.primary);
    case "hold":
      return { ok: true, position: await member.hold(via) };
    case "promote":
      return member.promote(via, act.standbys).then(() => ({ ok: true }));
    case "follow":
      return follow(act.primary);
    case "reseed":
      return member.reseed(primaryOf(act.primary)).then(() => ({ ok: true }));
    case "fence":
      return member.kill().then(() => ({ ok: true }));
  }
}
