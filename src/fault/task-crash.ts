import type { Fault } from "./fault.ts";
import { instancesOf } from "./target.ts";

/** One task of a service that answers requests dies at once. */
export const taskCrash: Fault = {
  name: "task-crash",
  summary: "kills one task of an HTTP service",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a program that crashes or is killed for its memory, a Fargate task that is retired without notice",
  notModelled: ["a slow death: memory pressure, long pauses before the end", "the time to pull an image on a new host"],
  fisAction: "aws:ecs:stop-task",
  targets: (topology) => instancesOf(topology, "service", ({ settings }) => settings.consumes === null),
  primitives: (_topology, subject) => [{ kind: "kill", instance: subject }],
};
