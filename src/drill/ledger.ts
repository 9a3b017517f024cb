import type { Random } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import type { Customer } from "./customer.ts";

/** A write that was sent, and by whom: a session's contents are there for its own customer alone. */
export interface Written {
  readonly journey: string;
  readonly key: string;
  readonly value: string;
  readonly customer: Customer;
  readonly acknowledgedAt?: Ms;
}

/** What was written, in the load's process: the keys with their values, and who may read them. */
export interface Ledger {
  /** A new key of a journey, with a value. */
  open(journey: string, customer: Customer, random: Random): Written;
  acknowledge(journey: string, key: string, at: Ms): void;
  /** One of the acknowledged writes of a journey; undefined where there is none. */
  acknowledged(journey: string, random: Random): Written | undefined;
  /** What was acknowledged in this time is none of {@link acknowledged} any more. */
  forget(from: Ms, to: Ms): void;
  written(key: string): Written | undefined;
  nextOperation(): number;
}

/** An empty ledger whose keys begin with `prefix`. */
export function createLedger(prefix: string): Ledger {
  const writes = new Map<string, Written>();
  const acknowledged = new Map<string, string[]>();
  let operations = 0;
  return {
    open(journey, customer, random) {
      const key = `${prefix}-${journey}-${writes.size + 1}`;
      const written = { journey, key, value: random.int(2 ** 31).toString(36), customer };
      writes.set(key, written);
      return written;
    },
    acknowledge(journey, key, at) {
      const written = writes.get(key);
      if (!written) return;
      writes.set(key, { ...written, acknowledgedAt: at });
      acknowledged.set(journey, acknowledged.get(journey) ?? []);
      acknowledged.get(journey)!.push(key); // set in the line before
    },
    acknowledged(journey, random) {
      const keys = acknowledged.get(journey);
      return keys && keys.length > 0 ? writes.get(random.pick(keys)) : undefined;
    },
    forget(from, to) {
      const isKept = (key: string): boolean => {
        const at = writes.get(key)?.acknowledgedAt ?? from;
        return at < from || at > to;
      };
      for (const [journey, keys] of acknowledged) acknowledged.set(journey, keys.filter(isKept));
    },
    written: (key) => writes.get(key),
    nextOperation: () => ++operations,
  };
}
