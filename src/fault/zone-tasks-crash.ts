import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { primaryInstances } from "./target.ts";

/** All tasks of a zone die at once, while the zone itself and the databases in it go on. */
export const zoneTasksCrash: Fault = {
  name: "zone-tasks-crash",
  summary: "kills every task of every service in a zone",
  scope: "zone",
  blastClass: "zone",
  standsFor: "a zone whose Fargate capacity goes away at once: its tasks are stopped, everything else in it stays",
  notModelled: [
    "spot interruptions, which come with a warning of two minutes",
    "a zone that has no capacity for the new tasks",
  ],
  fisAction: "aws:ecs:stop-task",
  targets(topology) {
    const zones = topology.regions.find(({ role }) => role === "primary")?.zones ?? [];
    return componentsOf(topology, "service").length === 0 ? [] : zones.map(({ name }) => name);
  },
  primitives(topology, subject, running = primaryInstances(topology)) {
    const services = new Set(componentsOf(topology, "service").map(({ id }) => id));
    const tasks = running.filter(({ zone, component }) => zone === subject && services.has(component));
    return tasks.map(({ id }) => ({ kind: "kill", instance: id }));
  },
};
