import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** The disk of a database's writer takes no byte more. PostgreSQL then stops, and cannot come up again there. */
export const diskFull: Fault = {
  name: "disk-full",
  summary: "lets the primary of a database write no byte more",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a volume that is full: a log that nobody consumes, a runaway table, an autoscaling that came too late",
  notModelled: [
    "the error is EFBIG, not ENOSPC, and what would overwrite a block in place is refused too",
    "the instance's settings and a new copy of its data are written by Holdfast, which checks the limit itself",
    "RDS's storage-full state and its storage autoscaling; Aurora's volume, which grows by itself",
  ],
  fisAction: "aws:ssm:send-command", // with the document AWSFIS-Run-Disk-Fill
  targets: (topology) => componentsOf(topology, "database").map(({ id }) => `primary of ${id}`),
  primitives: (_topology, subject) => [{ kind: "fill-disk", instance: subject }],
};
