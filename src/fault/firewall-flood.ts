import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

const REQUESTS_PER_SECOND = 300;
/** A higher limit would not be crossed while a drill watches, or not at all at this rate. */
const HIGHEST_LIMIT = 30_000;

/** One address asks for the same page again and again, far more often than any person does. */
export const firewallFlood: Fault = {
  name: "firewall-flood",
  summary: `one address asks for the first page ${REQUESTS_PER_SECOND} times a second`,
  scope: "region",
  blastClass: "instance",
  standsFor: "a scraper, a broken client in a loop, a small denial of service",
  notModelled: [
    "a flood from many addresses, each below the limit",
    "floods below HTTP: SYN floods, reflection",
    "requests that are dear to answer",
    "the time that WAF takes to notice that a flood is over",
  ],
  fisAction: null,
  targets: (topology) =>
    componentsOf(topology, "edge")
      .filter(({ settings: { firewall } }) => firewall.rateLimit !== null && firewall.rateLimit <= HIGHEST_LIMIT)
      .map(({ id }) => id),
  primitives: () => [],
  crowd: { kind: "flood", path: "/", requestsPerSecond: REQUESTS_PER_SECOND },
  expects: (_topology, subject) => ({
    unavailable: [],
    claims: [
      {
        claim: { kind: "decided", what: "blocked", component: subject },
        proves: "the firewall notices the address",
      },
      {
        claim: { kind: "crowd-handled" },
        proves: "the flood is blocked from then on, and nobody else is",
      },
      { claim: { kind: "unharmed" }, proves: "customers are served meanwhile" },
    ],
    trace: "none",
  }),
};
