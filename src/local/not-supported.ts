import { UserError } from "../base/error.ts";
import type { Component, Kind, Topology } from "../topology/topology.ts";
import type { RunCode } from "./codes.ts";

/** What the local world does with a kind: it runs it, or does not and says why. */
export type Support = { readonly runs: true } | { readonly runs: false; readonly why: string };

const RUNS: Support = { runs: true };

/** Says that the local world does not run something, and why. */
export function notSupported(why: string): Support {
  return { runs: false, why };
}

/** What the local world does with each kind; some settings of those that it runs it does not, see {@link supportOf}. */
export const LOCAL: Readonly<Record<Kind, Support>> = {
  edge: RUNS,
  service: RUNS,
  queue: RUNS,
  database: RUNS,
  cache: RUNS,
  accelerator: RUNS,
  "http-api": notSupported("there is no API gateway here yet"),
  function: notSupported("there is no runtime for functions here yet"),
  schedule: notSupported("there is no scheduler here yet"),
  topic: notSupported("there is no server for SNS here yet"),
  bus: notSupported("there is no server for EventBridge here yet"),
  table: notSupported("there is no server for DynamoDB here yet"),
  bucket: notSupported("there is no server for S3 here yet; the site of the edge needs none"),
  "file-system": notSupported("a folder of one disk would survive what a file system does not, and the reverse"),
  volume: notSupported("a folder of one disk would not be lost with its instance and zone"),
};

const MYSQL = notSupported("its failover is known for PostgreSQL alone");
const TCP = notSupported("the balancer here speaks HTTP alone");

/**
 * Whether the local world runs a component as it is set. What carries a service's tasks on AWS is all one here: they
 * are processes.
 */
export function supportOf(component: Component): Support {
  const { kind, settings } = component;
  if (kind === "database" && settings.engine.includes("mysql")) return MYSQL;
  if (kind === "service" && settings.protocol === "tcp") return TCP;
  return LOCAL[kind];
}

/** Throws a `UserError` with all components that the local world does not run; rather that than a part of a system. */
export function refuseUnsupported(topology: Topology): void {
  const refused = topology.components.flatMap((component) => {
    const support = supportOf(component);
    return support.runs ? [] : [`  ${component.id} (${whatIs(component)}): ${support.why}`];
  });
  if (refused.length === 0) return;
  throw new UserError({
    code: "RUN-014" satisfies RunCode,
    message: [`this machine cannot run all of "${topology.system}":`, ...refused].join("\n"),
    fix: "leave these out of a definition that is to be run here; holdfast check and synth know them",
  });
}

function whatIs({ kind, settings }: Component): string {
  if (kind === "database") return `database ${settings.engine}`;
  if (kind === "file-system") return `file system ${settings.engine}`;
  return kind === "service" && settings.protocol === "tcp" ? "service over tcp" : kind;
}
