import { type ServiceComponent, type Topology, componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

const FACTOR = 5;
/**
 * How much of what the minimum carries is there before the spike: five times as much is two and a half times what it
 * carries, and still well above it where a busier machine answers faster.
 */
const SHARE = 0.5;

/** The machine that stands for many also makes the load: the spike is twice the rate that other drills have. */
const RATE_SHARE = 0.4;

/** Five times as many customers come at once, and stay. */
export const loadSpike: Fault = {
  name: "load-spike",
  summary: "customers arrive five times as often, with services sized to the load before",
  scope: "region",
  blastClass: "instance",
  standsFor: "a sale, a mention on television, a retry storm of somebody else's program",
  notModelled: [
    "the load that the definition's own target stands for: the target is sized down to the load of this machine",
    "databases and caches that are too small for it",
    "quotas of the account",
  ],
  fisAction: null,
  targets: (topology) => followers(topology).map(({ id }) => id),
  primitives: (_topology, subject) => [{ kind: "size-to-load", service: subject, share: SHARE }],
  crowd: { kind: "spike", factor: FACTOR },
  rateShare: RATE_SHARE,
  expects: (_topology, subject) => ({
    unavailable: [],
    claims: [
      {
        claim: { kind: "decided", what: "scaled-out", component: subject },
        proves: "target tracking asks for more tasks",
      },
      {
        claim: { kind: "decided", what: "scale-out-complete", component: subject },
        proves: "the new tasks serve",
      },
      { claim: { kind: "unharmed" }, proves: "nobody is turned away meanwhile" },
    ],
    trace: "none",
  }),
};

/** HTTP services whose tasks follow their load. */
function followers(topology: Topology): readonly ServiceComponent[] {
  return componentsOf(topology, "service").filter(({ settings }) => {
    const { on, min, max } = settings.scale;
    return settings.consumes === null && on !== null && max > min;
  });
}
