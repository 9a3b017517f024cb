import type { Ms } from "../../base/units.ts";
import { type Position, contains } from "../history.ts";
import { Violation } from "../violation.ts";
import type { VirtualTime } from "../virtual-time.ts";
import { type Copy, isAttached } from "./copy.ts";

/** Keeps the promises of a database: what was acknowledged, and who may acknowledge. Throws a {@link Violation}. */
export interface Ledger {
  acknowledged(by: Copy, upTo: Position): void;
  /** A copy is promoted: it must hold every acknowledged write. */
  mustHold(copy: Copy): void;
  /** To be called after each event: at most one primary can acknowledge. */
  check(): void;
  fail(why: string): never;
  /** When a write was last acknowledged. */
  readonly lastAt: Ms;
}

/** A ledger over these copies. Without a quorum nothing is promised, and nothing is checked. */
export function createLedger(time: VirtualTime, copies: ReadonlyMap<string, Copy>, acknowledging: number): Ledger {
  let tip: Position | null = null;
  let lastAt = 0;
  const fail = (why: string): never => {
    throw new Violation(`at ${Math.round(time.now())} ms: ${why}`);
  };
  const all = [...copies.values()];
  return {
    fail,
    acknowledged(by, upTo) {
      lastAt = time.now();
      if (acknowledging === 0) return;
      if (tip === null || contains(upTo, tip)) tip = upTo;
      else if (!contains(tip, upTo))
        fail(`${by.id} acknowledged a write that is not in the history of the others acknowledged`);
    },
    mustHold(copy) {
      if (acknowledging === 0 || tip === null) return;
      if (!copy.log || !contains(copy.log, tip))
        fail(`${copy.id} is promoted without acknowledged writes: they are lost`);
    },
    check() {
      if (acknowledging === 0) return;
      let able = 0;
      for (const copy of all) if (canAcknowledge(copy)) able += 1;
      if (able > 1)
        fail(
          `${able} primaries can acknowledge: ${all
            .filter(canAcknowledge)
            .map(({ id }) => id)
            .join(", ")}`,
        );
    },
    get lastAt() {
      return lastAt;
    },
  };

  function canAcknowledge(primary: Copy): boolean {
    if (primary.process === "stopped" || primary.role !== "primary") return false;
    let attached = 0;
    for (const id of primary.standbys) {
      const standby = copies.get(id);
      if (standby && isAttached(standby, primary)) attached += 1;
    }
    return attached >= acknowledging;
  }
}
