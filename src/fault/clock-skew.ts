import type { Ms } from "../base/units.ts";
import type { Fault } from "./fault.ts";

const FIVE_MINUTES: Ms = 5 * 60_000;

/** All clocks of a zone are five minutes fast: those of its tasks, database instances and cache nodes. */
export const clockSkew: Fault = {
  name: "clock-skew",
  summary: "sets the clocks of a zone five minutes fast",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a host whose time service failed: leases, expiries, tokens and orderings that trust the clock",
  notModelled: [
    "the clock is wrong from a restart on, which is how programs get it: what ran there is killed first",
    "clocks that drift, or that jump while a program runs, but for the jump back when it is undone",
    "programs that ask the kernel for the time themselves, as those in Go do",
    "AWS's own services, which refuse requests that are signed more than five minutes off",
  ],
  fisAction: null,
  targets: (topology) => topology.regions.find(({ role }) => role === "primary")?.zones.map(({ name }) => name) ?? [],
  primitives: (_topology, subject) => [{ kind: "skew-clock", zone: subject, byMs: FIVE_MINUTES }],
};
