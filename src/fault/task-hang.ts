import type { Fault } from "./fault.ts";
import { instancesOf } from "./target.ts";

/**
 * One task of a service that answers requests stops in its tracks: its process is there, its connections stay open, and
 * nothing comes back. Nobody sees it exit, so that health checks alone can find it.
 */
export const taskHang: Fault = {
  name: "task-hang",
  summary: "stops one task of an HTTP service in its tracks: it keeps its connections and answers nothing",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a deadlock, an endless loop, a very long garbage collection",
  notModelled: ["a task that answers its health checks and nothing else", "one that is slow instead of silent"],
  fisAction: null, // its CPU and I/O stress actions make a task slow; none stops it
  targets: (topology) => instancesOf(topology, "service", ({ settings }) => settings.consumes === null),
  primitives: (_topology, subject) => [{ kind: "pause", instance: subject }],
};
