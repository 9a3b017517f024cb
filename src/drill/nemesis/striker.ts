import type { HeldFault } from "../../base/journal.ts";
import { isUserError, messageOf } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import { AS_EVER, type Fault } from "../../fault/fault.ts";
import { staysWhereItIs } from "../../fault/region-claims.ts";
import { aim, regionOf, seenFrom } from "../../fault/target.ts";
import { withinRegion } from "../../fault/within-region.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Primitive } from "../../world/primitive.ts";
import type { Status } from "../../world/world.ts";
import { objectiveOf } from "../plan.ts";
import type { Rig, Session } from "../rig.ts";
import { undoAll } from "../undo-all.ts";
import { type Aimed, zonesTouched } from "./zones.ts";

/** A fault in force. */
export interface Blow {
  readonly fault: Fault;
  /** What was struck: never a role. */
  readonly subject: string;
  readonly primitives: readonly Primitive[];
  /** Under which the world knows it. */
  readonly id: string;
  readonly at: Ms;
  readonly held: HeldFault;
}

/** Strikes faults one by one under one load, and undoes them. Everything it does is in the journal. */
export interface Striker {
  /**
   * Resolves with null where what it is aimed at is not there: the journal says why. `region`: in which alone a
   * component is struck that every region has.
   */
  strike(fault: Fault, target: string, region?: string): Promise<Blow | null>;
  /** The second blow of a fault that has one. */
  again(blow: Blow): Promise<Blow | null>;
  heal(blow: Blow): Promise<void>;
  /** Undoes what is in force, the last first. Where one cannot be undone the others still are; then it rejects. */
  healAll(): Promise<void>;
}

/** A striker on a drill's rig. */
export function createStriker(rig: Rig, session: Session): Striker {
  const { world, clock } = session;
  const inForce = new Set<Blow>();
  const make = async (fault: Fault, aimed: Aimed): Promise<Blow | null> => {
    const { subject, primitives } = aimed;
    const common = { kind: "fault", fault: fault.name, target: subject, primitives } as const;
    const held = heldOf(fault, aimed, { topology: world.topology, status: await world.status() });
    const at = clock.now();
    rig.record({ ...common, at, action: "inject", held });
    try {
      const id = await world.inject({ name: fault.name, target: subject, primitives });
      rig.record({ kind: "phase", at: clock.now(), phase: "observe" });
      const blow = { fault, subject, primitives, id, at, held };
      inForce.add(blow);
      return blow;
    } catch (error) {
      rig.record({ ...common, at: clock.now(), action: "heal", detail: messageOf(error) });
      // Two faults may want the same instance: the second finds nothing to strike. Anything else is a failure of ours.
      if (isUserError(error)) return null;
      throw error;
    }
  };
  const heal = async (blow: Blow): Promise<void> => {
    const { fault, subject, primitives, id } = blow;
    if (!inForce.delete(blow)) return;
    rig.record({ kind: "fault", at: clock.now(), action: "heal", fault: fault.name, target: subject, primitives });
    await world.heal(id);
  };
  return {
    async strike(fault, target, region) {
      const status = await world.status();
      try {
        const home = regionOf(world.topology, target);
        const topology = home === undefined ? world.topology : seenFrom(world.topology, home);
        const { subject, primitives } = aim(fault, target, { topology, status });
        const confined = region === undefined ? null : withinRegion(region, primitives);
        return await make(fault, { subject, primitives: confined ?? primitives, region });
      } catch (error) {
        if (!isUserError(error) || error.code !== "FLT-003") throw error;
        recordMissed(rig, { fault, target, at: clock.now(), why: messageOf(error) });
        return null;
      }
    },
    async again({ fault, subject }) {
      if (!fault.then) return null;
      return make(fault, { subject, primitives: fault.then.primitives(world.topology, subject) });
    },
    heal,
    healAll: () => undoAll([...inForce], heal),
  };
}

/**
 * What a fault is held against, as things stand when it strikes. A region that was given up has nothing to lose: it
 * must stay out.
 */
function heldOf(fault: Fault, aimed: Aimed, world: { topology: Topology; status: Status }): HeldFault {
  const { topology, status } = world;
  const { subject, region } = aimed;
  const { unavailable, claims } = fault.expects?.(topology, subject) ?? AS_EVER;
  const isElsewhere = region !== undefined && region !== (status.recovery?.active ?? region);
  const isOut = status.recovery?.regions.some(({ name, role }) => name === subject && role === "given-up") ?? false;
  const takesRegion = topology.regions.some(({ name }) => name === subject);
  return {
    objective: objectiveOf(topology, fault.blastClass),
    unavailable: isElsewhere ? [] : unavailable,
    zones: zonesTouched(aimed, world),
    ...(takesRegion ? { region: subject, claims: isOut ? staysWhereItIs() : claims } : {}),
  };
}

/** Nobody holds the role that it is aimed at: it was begun and undone in the same moment. */
function recordMissed(rig: Rig, missed: { fault: Fault; target: string; at: number; why: string }): void {
  const { fault, target, at, why } = missed;
  const common = { kind: "fault", at, fault: fault.name, target, primitives: [] } as const;
  rig.record({ ...common, action: "inject" });
  rig.record({ ...common, action: "heal", detail: why });
}
