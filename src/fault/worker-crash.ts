import { findComponent } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";
import { instanceNamed, instancesOf } from "./target.ts";

/** A worker dies after it has done the work of a message, and before the queue knows: the message will come again. */
export const workerCrash: Fault = {
  name: "worker-crash",
  summary: "kills a worker between its work and the delete of the message",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a worker that crashes or is scaled in at the worst moment; the reason why consumers must be idempotent",
  notModelled: ["a delete that reaches the queue while its answer is lost", "batches of which a part was worked off"],
  fisAction: "aws:ecs:stop-task",
  targets: (topology) => instancesOf(topology, "service", ({ settings }) => settings.consumes !== null),
  primitives(topology, subject) {
    const { zone, component } = instanceNamed(topology, subject);
    const queue = findComponent(topology, "service", component)?.settings.consumes;
    if (!queue) return [];
    return [{ kind: "kill-at-call", instance: subject, zone, component: queue, operation: "DeleteMessage" }];
  },
};
