import { componentsOf } from "../topology/topology.ts";
import { bothWays } from "./both-ways.ts";
import type { Fault } from "./fault.ts";

/**
 * The writer of a database stands still with everything that it holds, cannot be commanded, and wakes up after another
 * has been promoted: it believes that it is the primary yet, and its clients' connections are still open.
 */
export const databaseZombie: Fault = {
  name: "database-zombie",
  summary: "pauses the primary of a database, and wakes it after another has taken over",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a host that stalls for seconds and goes on: a hypervisor's pause, a disk that hangs, a swap storm",
  notModelled: [
    "a kernel that stalls with its processes: here connections are still accepted, and answered by nobody",
    "Aurora's storage, which fences by its own quorum",
  ],
  fisAction: "aws:ebs:pause-volume-io",
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  /** A host that stalls does not run its agent either: nobody can kill there what must not wake. */
  primitives: (_topology, subject) => [
    ...bothWays({}, { instance: subject }, { effect: { kind: "black-hole" }, purposes: ["control"] }),
    { kind: "pause", instance: subject },
  ],
};
