import { type Random, seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import type { Scheduled } from "../schedule.ts";

/**
 * What can befall a database, its zones, its observers and its control plane. Member or zone null: the primary's, at
 * that moment.
 */
export type DatabaseFault =
  /** Its process is killed. */
  | { readonly kind: "crash"; readonly member: string | null }
  /** Its process is killed and its disk is gone. */
  | { readonly kind: "disk-lost"; readonly member: string | null }
  /** Its process stands still, and then goes on as if nothing had been. */
  | { readonly kind: "pause"; readonly member: string | null }
  | { readonly kind: "power"; readonly zone: string | null }
  /** What is sent from one zone does not arrive in the other. */
  | { readonly kind: "cut"; readonly from: string; readonly to: string }
  /** What is sent from these zones does not arrive in the primary's. */
  | { readonly kind: "cut-primary"; readonly others: readonly string[] }
  /** A zone is cut off from all others and from the control plane. */
  | { readonly kind: "isolate"; readonly zone: string | null }
  /** The control plane alone cannot reach a zone. */
  | { readonly kind: "uncontrolled"; readonly zone: string | null }
  /** The observers of these zones see nothing, whatever there is. */
  | { readonly kind: "blind"; readonly zones: readonly string[] }
  /** The observers of these zones do not see one member, which is well. */
  | { readonly kind: "overlook"; readonly zones: readonly string[]; readonly member: string | null }
  /** Acts fail half of the time, some of them after they took effect, and their ends are late. */
  | { readonly kind: "sabotage" }
  /** The control plane is killed at its so-many-th act, and then starts again. */
  | { readonly kind: "supervisor"; readonly acts: number }
  /** The control plane is killed and every member with it. */
  | { readonly kind: "everything" };

/** What the faults are aimed at. */
export interface DatabaseTargets {
  readonly members: readonly string[];
  readonly zones: readonly string[];
}

type Draw = (random: Random, targets: DatabaseTargets) => DatabaseFault;

/** Faults by kind; one in two that could be is aimed at the primary. */
const DRAWS: Readonly<Record<DatabaseFault["kind"], Draw>> = {
  crash: (random, { members }) => ({ kind: "crash", member: someOf(random, members) }),
  "disk-lost": (random, { members }) => ({ kind: "disk-lost", member: someOf(random, members) }),
  pause: (random, { members }) => ({ kind: "pause", member: someOf(random, members) }),
  power: (random, { zones }) => ({ kind: "power", zone: someOf(random, zones) }),
  cut: (random, { zones }) => {
    const from = random.pick(zones);
    return { kind: "cut", from, to: random.pick(zones.filter((each) => each !== from)) };
  },
  "cut-primary": (random, { zones }) => ({ kind: "cut-primary", others: zones.filter(() => random.next() < 0.7) }),
  isolate: (random, { zones }) => ({ kind: "isolate", zone: someOf(random, zones) }),
  uncontrolled: (random, { zones }) => ({ kind: "uncontrolled", zone: someOf(random, zones) }),
  blind: (random, { zones }) => ({ kind: "blind", zones: zones.filter(() => random.next() < 0.5) }),
  overlook: (random, { zones, members }) => {
    return { kind: "overlook", zones: zones.filter(() => random.next() < 0.7), member: someOf(random, members) };
  },
  sabotage: () => ({ kind: "sabotage" }),
  supervisor: (random) => ({ kind: "supervisor", acts: random.int(6) }),
  everything: () => ({ kind: "everything" }),
};

const KINDS = Object.keys(DRAWS) as readonly DatabaseFault["kind"][];
const DISKS_SURVIVE = KINDS.filter((kind) => kind !== "disk-lost");

function someOf(random: Random, all: readonly string[]): string | null {
  return random.next() < 0.5 ? null : random.pick(all);
}

/**
 * Up to `atMost` faults; a disk is lost only where that is the single one, for nothing is promised beyond. Each seed
 * has kinds of its own, so that rare ones meet; they come in bursts, the next while the last is being mended; some
 * pass at once, some last.
 */
export function drawSchedule(seed: number, targets: DatabaseTargets, atMost: number): Scheduled<DatabaseFault>[] {
  const random = seededRandom(`${seed}/faults`);
  const kinds = atMost === 1 ? KINDS : Array.from({ length: 4 }, () => random.pick(DISKS_SURVIVE));
  let at: Ms = 0;
  return Array.from({ length: 1 + random.int(atMost) }, () => {
    at += random.next() < 0.7 ? 800 * random.next() : 6_000 * random.next();
    const forMs = random.next() < 0.3 ? 50 + 500 * random.next() : 500 + 8_000 * random.next();
    return { at, forMs, what: DRAWS[random.pick(kinds)](random, targets) };
  });
}

/** A fault in a few words. */
export function nameDatabaseFault(fault: DatabaseFault): string {
  switch (fault.kind) {
    case "crash":
    case "disk-lost":
    case "pause":
      return `${fault.kind} of ${fault.member ?? "the primary"}`;
    case "power":
    case "isolate":
    case "uncontrolled": {
      const what = { power: "without power", isolate: "isolated", uncontrolled: "out of the control plane's reach" };
      return `${fault.zone ?? "the primary's zone"} ${what[fault.kind]}`;
    }
    case "cut":
      return `cut from ${fault.from} to ${fault.to}`;
    case "cut-primary":
      return `cut from ${fault.others.join(", ")} to the primary`;
    case "blind":
      return `observers in ${fault.zones.join(", ")} blind`;
    case "overlook":
      return `${fault.member ?? "the primary"} unseen from ${fault.zones.join(", ")}`;
    case "supervisor":
      return `supervisor killed at act ${fault.acts}`;
    case "sabotage":
      return "acts fail";
    case "everything":
      return "supervisor and all members killed";
  }
}
