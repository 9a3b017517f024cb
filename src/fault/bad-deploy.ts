import { componentsOf } from "../topology/topology.ts";
import type { Fault } from "./fault.ts";

/** Comes up, listens, and answers 500 to everything, its health check included. */
const BROKEN =
  `node -e 'const { env } = require("node:process"); ` +
  `require("node:http").createServer((_, response) => response.writeHead(500).end()).listen(env.PORT, env.HOST)'`;

/** A new revision of a service is deployed that never becomes healthy. */
export const badDeploy: Fault = {
  name: "bad-deploy",
  summary: "deploys a revision of an HTTP service that answers 500 to everything",
  scope: "instance",
  blastClass: "instance",
  standsFor: "a release that fails its health checks; ECS's deployment circuit breaker rolls it back",
  notModelled: [
    "a release that passes its health checks and is wrong all the same",
    "a change of the database's schema, which no rollback of a program takes back",
  ],
  fisAction: null,
  targets: (topology) =>
    componentsOf(topology, "service").flatMap(({ id, settings }) => (settings.consumes === null ? [id] : [])),
  primitives: (_topology, subject) => [{ kind: "deploy", service: subject, run: BROKEN }],
  expects: (_topology, subject) => ({
    unavailable: [],
    claims: [
      {
        claim: { kind: "decided", what: "rolled-back", component: subject },
        proves: "the deployment is rolled back because its tasks never become healthy",
      },
      { claim: { kind: "unharmed" }, proves: "the tasks of the last good revision serve all along" },
    ],
    trace: "world",
  }),
};
