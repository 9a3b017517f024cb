import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** Somebody (or an alarm) shifts customers away from a zone that works, to find out whether the others carry them. */
export const zonalShift: Fault = {
  name: "zonal-shift",
  summary: "shifts customers away from a zone that is well, and back",
  scope: "zone",
  blastClass: "zone",
  standsFor: "zonal shift and zonal autoshift of the load balancers, and their weekly practice runs",
  notModelled: [
    "the load of a peak on the zones that remain",
    "customers who keep connections to a balancer node open for hours",
    "databases: a shift moves no writer",
  ],
  fisAction: "aws:arc:start-zonal-autoshift",
  targets(topology) {
    const zones = topology.regions.find(({ role }) => role === "primary")?.zones ?? [];
    const isBalanced = componentsOf(topology, "service").some(({ settings }) => settings.consumes === null);
    return isBalanced && zones.length > 1 ? zones.map(({ name }) => name) : [];
  },
  primitives: (_topology, subject) => [{ kind: "shift-away", zone: subject }],
  expects: (topology) => ({
    unavailable: [],
    claims: [
      ...componentsOf(topology, "service")
        .filter(({ settings }) => settings.consumes === null)
        .flatMap(
          ({ id: component }) =>
            [
              {
                claim: { kind: "decided", what: "shifted-away", component },
                proves: `customers of ${component} are kept away from the zone`,
              },
              {
                claim: { kind: "decided", what: "emptied", component },
                proves: `no request for ${component} reaches the zone any more`,
              },
              {
                claim: { kind: "undecided", what: "reached-again", component },
                proves: `none does after that, for as long as the shift lasts`,
              },
            ] as const,
        ),
      { claim: { kind: "unharmed" }, proves: "nobody notices" },
    ],
    trace: "world",
  }),
};
