import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { INJECTION_REQUESTS } from "./injection-requests.ts";

/** Strangers try SQL injection in every part of a request, among others who only write as people write. */
export const firewallInjection: Fault = {
  name: "firewall-injection",
  summary: `makes ${INJECTION_REQUESTS.length} requests: well-known SQL injections, and harmless ones that look alike`,
  scope: "region",
  blastClass: "instance",
  standsFor: "scanners that try every public site, and the customers whom a firewall takes for one of them",
  notModelled: [
    "AWS's own rules: the local firewall approximates the managed rule group, and may judge otherwise",
    "headers other than cookies, which that rule group does not look at either",
    "attacks made for this system; a firewall is no reason to put values into statements",
  ],
  fisAction: null,
  targets: (topology) =>
    componentsOf(topology, "edge")
      .filter(({ settings }) => settings.firewall.managedRules.includes("sql-injection"))
      .map(({ id }) => id),
  primitives: () => [],
  crowd: { kind: "requests", requests: INJECTION_REQUESTS, requestsPerSecond: 25 },
  expects: () => ({
    unavailable: [],
    claims: [
      { claim: { kind: "crowd-handled" }, proves: "attacks are blocked, and what only looks like one is not" },
      { claim: { kind: "unharmed" }, proves: "customers are served meanwhile" },
    ],
    trace: "none",
  }),
};
