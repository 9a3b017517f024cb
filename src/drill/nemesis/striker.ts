import type { HeldFault } from "../../base/journal.ts";
import { isUserError, messageOf } from "../../base/error.ts";
import { AS_EVER, type Fault } from "../../fault/fault.ts";
import { aim } from "../../fault/target.ts";
import type { Primitive } from "../../world/primitive.ts";
import { objectiveOf } from "../plan.ts";
import type { Rig, Session } from "../rig.ts";
import { undoAll } from "../undo-all.ts";
import { zonesTouched } from "./zones.ts";

/** A fault in force. */
export interface Blow {
  readonly fault: Fault;
  /** What was struck: never a role. */
  readonly subject: string;
  readonly primitives: readonly Primitive[];
  /** Under which the world knows it. */
  readonly id: string;
}

/** Strikes faults one by one under one load, and undoes them. Everything it does is in the journal. */
export interface Striker {
  /** Resolves with null where what it is aimed at is not there: the journal says why. */
  strike(fault: Fault, target: string): Promise<Blow | null>;
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
  const make = async (fault: Fault, subject: string, primitives: readonly Primitive[]): Promise<Blow | null> => {
    const common = { kind: "fault", fault: fault.name, target: subject, primitives } as const;
    const { topology } = world;
    const held: HeldFault = {
      objective: objectiveOf(topology, fault.blastClass),
      unavailable: (fault.expects?.(topology, subject) ?? AS_EVER).unavailable,
      zones: zonesTouched({ subject, primitives }, { topology, status: await world.status() }),
    };
    rig.record({ ...common, at: clock.now(), action: "inject", held });
    try {
      const id = await world.inject({ name: fault.name, target: subject, primitives });
      const blow = { fault, subject, primitives, id };
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
    async strike(fault, target) {
      const status = await world.status();
      try {
        const { subject, primitives } = aim(fault, target, { topology: world.topology, status });
        return await make(fault, subject, primitives);
      } catch (error) {
        if (!isUserError(error) || error.code !== "FLT-003") throw error;
        recordMissed(rig, { fault, target, at: clock.now(), why: messageOf(error) });
        return null;
      }
    },
    async again({ fault, subject }) {
      if (!fault.then) return null;
      return make(fault, subject, fault.then.primitives(world.topology, subject));
    },
    heal,
    healAll: () => undoAll([...inForce], heal),
  };
}

/** Nobody holds the role that it is aimed at: it was begun and undone in the same moment. */
function recordMissed(rig: Rig, missed: { fault: Fault; target: string; at: number; why: string }): void {
  const { fault, target, at, why } = missed;
  const common = { kind: "fault", at, fault: fault.name, target, primitives: [] } as const;
  rig.record({ ...common, action: "inject" });
  rig.record({ ...common, action: "heal", detail: why });
}
