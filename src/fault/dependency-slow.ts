import { componentsOf } from "../topology/topology.ts";
import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";

const DELAY_MS = 2_000;

/**
 * A dependency answers, two seconds late. Slow is worse than down: callers who wait for it pile up, and take what does
 * not need it along, unless time-outs and breakers hold.
 */
export const dependencySlow: Fault = {
  name: "dependency-slow",
  summary: `delays everything between programs and a cache or database by ${DELAY_MS / 1_000} s each way`,
  scope: "link",
  blastClass: "instance",
  standsFor: "an overloaded or ailing dependency; the start of most cascades",
  notModelled: ["a dependency that is slow for some requests only", "the dependency's own queue of work"],
  fisAction: "aws:ecs:task-network-latency",
  /** Those that services which answer requests use. */
  targets(topology) {
    const used = new Set(componentsOf(topology, "service").flatMap(({ settings }) => settings.uses));
    return [...componentsOf(topology, "cache"), ...componentsOf(topology, "database")]
      .map(({ id }) => id)
      .filter((id) => used.has(id));
  },
  primitives: (_topology, subject) =>
    bothWays({}, { component: subject }, { purposes: ["client"], effect: { kind: "slow", delayMs: DELAY_MS } }),
  expects: (_topology, subject) => ({
    unavailable: [subject],
    claims: [{ claim: { kind: "unharmed" }, proves: "what does not need the slow dependency goes on" }],
    trace: "customers",
  }),
};
