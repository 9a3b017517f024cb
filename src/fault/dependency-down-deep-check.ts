import { type ServiceComponent, type Topology, componentsOf } from "../topology/topology.ts";
import type { Primitive } from "../world/primitive.ts";
import type { Fault } from "./fault.ts";

/**
 * A balancer that fails open asks the tasks that start as well as those that they are to replace: half of the tries
 * fail until they listen, and of three tries of a customer all do one time in eight.
 */
const SERVED_SHARE = 0.8;

/**
 * What a service depends on is gone, and its programs cope. Then the load balancer begins to ask the programs for their
 * dependencies too, as a well-meant health check does: every task is found to be unhealthy at once, the balancer fails
 * open, and tasks that were well are replaced for nothing by others that are no better.
 */
export const dependencyDownDeepCheck: Fault = {
  name: "dependency-down-deep-check",
  summary: "takes a dependency away, then makes the health checks ask for it: what a deep health check would do",
  scope: "link",
  blastClass: "instance",
  standsFor: "a health check that asks the database: an outage of one dependency becomes one of everything",
  notModelled: [
    "an Auto Scaling group that ends the unhealthy before anything replaces them",
    "a balancer without fail-open, which would answer 503",
  ],
  fisAction: "aws:ecs:task-network-blackhole-port",
  targets: (topology) =>
    componentsOf(topology, "service")
      .filter((service) => service.settings.health?.deepPath && dependencyOf(topology, service) !== undefined)
      .map(({ id }) => id),
  primitives(topology, subject) {
    const dependency = dependencyOf(topology, serviceNamed(topology, subject));
    if (dependency === undefined) return [];
    const effect = { kind: "black-hole" } as const;
    const rules = [
      { from: {}, to: { component: dependency } },
      { from: { component: dependency }, to: {} },
    ];
    return rules.map((way): Primitive => ({ kind: "link", rule: { ...way, purposes: ["client"], effect } }));
  },
  // oxlint-disable-next-line unicorn/no-thenable -- a second blow and no function, so that no await takes it for one
  then: {
    when: "observed",
    primitives(topology, subject) {
      const path = serviceNamed(topology, subject)?.settings.health?.deepPath;
      return path ? [{ kind: "health-check", service: subject, path }] : [];
    },
  },
  expects(topology, subject) {
    const dependency = dependencyOf(topology, serviceNamed(topology, subject));
    return {
      unavailable: dependency === undefined ? [] : [dependency],
      claims: [
        {
          claim: { kind: "decided", what: "failing-open", component: subject },
          proves: "with the deep check every task is found to be unhealthy, and the balancer fails open",
        },
        {
          claim: { kind: "decided", what: "replacing", component: subject },
          proves: "tasks that are well are replaced for nothing",
        },
        { claim: { kind: "unharmed" }, proves: `what has nothing to do with ${dependency} is served all along` },
        {
          claim: { kind: "served", atLeast: SERVED_SHARE },
          proves: `what does without ${dependency} goes on being served`,
        },
      ],
      trace: "world",
    };
  },
};

function serviceNamed(topology: Topology, id: string): ServiceComponent | undefined {
  return componentsOf(topology, "service").find((service) => service.id === id);
}

/** Its first cache, else its first database: what a journey can best do without. */
function dependencyOf(topology: Topology, service: ServiceComponent | undefined): string | undefined {
  const used = (kind: "cache" | "database"): string | undefined =>
    componentsOf(topology, kind).find(({ id }) => service?.settings.uses.includes(id))?.id;
  return used("cache") ?? used("database");
}
