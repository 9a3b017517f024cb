import { type Random, seededRandom } from "../../base/random.ts";
import type { Scheduled } from "../schedule.ts";

/** What can befall a service, and what its operators do to it. Tasks are drawn at the moment, by `lot` from 0 to 1. */
export type ServiceFault =
  /** A task's process is killed. */
  | { readonly kind: "crash"; readonly lot: number }
  /** A task runs on and answers nothing. */
  | { readonly kind: "hang"; readonly lot: number }
  | { readonly kind: "power"; readonly zone: string }
  /** Every check of every task fails, though the tasks are well: what they depend on is gone. */
  | { readonly kind: "checks-fail" }
  /** No task can be started. */
  | { readonly kind: "starts-fail" }
  | { readonly kind: "scale"; readonly desired: number }
  /** A new revision: a good one, one whose tasks exit, or one whose tasks never become healthy. */
  | { readonly kind: "deploy"; readonly quality: "good" | "exits" | "never-healthy" };

/** Up to `atMost` faults over these zones. */
export function drawServiceSchedule(seed: number, zones: readonly string[], atMost: number): Scheduled<ServiceFault>[] {
  const random = seededRandom(`${seed}/faults`);
  let at = 0;
  return Array.from({ length: 1 + random.int(atMost) }, () => {
    at += random.next() < 0.6 ? 1_500 * random.next() : 20_000 * random.next();
    return { at, forMs: 200 + 15_000 * random.next(), what: drawOne(random, zones) };
  });
}

function drawOne(random: Random, zones: readonly string[]): ServiceFault {
  const draws: readonly (() => ServiceFault)[] = [
    () => ({ kind: "crash", lot: random.next() }),
    () => ({ kind: "crash", lot: random.next() }),
    () => ({ kind: "hang", lot: random.next() }),
    () => ({ kind: "power", zone: random.pick(zones) }),
    () => ({ kind: "checks-fail" }),
    () => ({ kind: "starts-fail" }),
    () => ({ kind: "scale", desired: 1 + random.int(9) }),
    () => ({ kind: "deploy", quality: random.pick(["good", "exits", "never-healthy"] as const) }),
  ];
  return random.pick(draws)();
}

/** A fault in a few words. */
export function nameServiceFault(fault: ServiceFault): string {
  switch (fault.kind) {
    case "crash":
    case "hang":
      return `${fault.kind} of a task (lot ${fault.lot.toFixed(2)})`;
    case "power":
      return `${fault.zone} without power`;
    case "checks-fail":
      return "every health check fails";
    case "starts-fail":
      return "no task can be started";
    case "scale":
      return `scaled to ${fault.desired}`;
    case "deploy":
      return `deployed a revision: ${fault.quality}`;
  }
}
