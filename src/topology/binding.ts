import { UserError, assert } from "../base/error.ts";
import { variableName } from "../definition/context.ts";
import type { TopologyCode } from "./codes.ts";
import { type Component, type Topology, findComponent } from "./topology.ts";

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How a world tells where things are, as a task sees them from its own zone. */
export interface BindingWorld {
  readonly region: string;
  /** Where the task is to listen. */
  readonly port: number;
  readonly host: string;
  database(id: string): { readonly writer: Endpoint; readonly reader: Endpoint; readonly password: string };
  /** With a password where the cache asks for one. */
  cache(id: string): Endpoint & { readonly password?: string };
  queueUrl(id: string): string;
  /** Where the task's zone reaches the balancer of another service; left out by a world that has none for services. */
  service?(id: string): Endpoint;
  /** Undefined on AWS itself, where its clients find their own way. */
  awsEndpoint(api: "sqs"): string | undefined;
}

/**
 * The environment that tells a program of a service where everything is, by the conventions of its own clients, the
 * same in every world:
 *
 * - `PORT` and `HOST`, where an HTTP service listens;
 * - for each component that it uses or consumes `<NAME>_URL`, in upper case, dashes as underscores:
 *   `postgres://app@host:5432/app`, `redis://host:6379`, the queue's URL, `http://host:8080`;
 * - for a database also `<NAME>_READER_URL` and `<NAME>_PASSWORD`, apart from the URL so that a rotated one can be
 *   injected; with a single database the password is also `PGPASSWORD`, which the clients of PostgreSQL read by
 *   themselves;
 * - `AWS_REGION`; and where AWS is emulated `AWS_ENDPOINT_URL_SQS`, with credentials that are worth nothing.
 */
export function bindings(topology: Topology, serviceId: string, world: BindingWorld): Record<string, string> {
  const service = findComponent(topology, "service", serviceId);
  assert(service, `there is a service ${serviceId}`);
  const { uses, consumes, port } = service.settings;
  const bound = topology.components.filter(({ id }) => uses.includes(id) || id === consumes);
  const databases = bound.filter(({ kind }) => kind === "database");
  const [only] = databases;
  return {
    ...(port === null ? {} : { PORT: String(world.port), HOST: world.host }),
    ...Object.assign({}, ...bound.map((component) => variablesOf(component, world))),
    ...(only && databases.length === 1 ? { PGPASSWORD: world.database(only.id).password } : {}),
    ...aws(world),
  };
}

function variablesOf({ id, kind, settings }: Component, world: BindingWorld): Record<string, string> {
  const url = variableName(id, "URL");
  if (kind === "database") {
    const { writer, reader, password } = world.database(id);
    const to = ({ host, port }: Endpoint): string =>
      `postgres://${settings.user}@${host}:${port}/${settings.databaseName}`;
    return {
      [url]: to(writer),
      [variableName(id, "READER_URL")]: to(reader),
      [variableName(id, "PASSWORD")]: password,
    };
  }
  if (kind === "cache") {
    const { host, port, password } = world.cache(id);
    return { [url]: `redis://${password === undefined ? "" : `:${encodeURIComponent(password)}@`}${host}:${port}` };
  }
  if (kind === "queue") return { [url]: world.queueUrl(id) };
  const { host, port } = addressOfService(id, world);
  return { [url]: `http://${host}:${port}` };
}

function addressOfService(id: string, world: BindingWorld): Endpoint {
  if (world.service) return world.service(id);
  throw new UserError({
    code: "TOP-001" satisfies TopologyCode,
    message: `calls between services cannot be run here, and a service uses "${id}"`,
    fix: "put a queue between the two services",
    at: `services.${id}`,
  });
}

function aws(world: BindingWorld): Record<string, string> {
  const region = { AWS_REGION: world.region, AWS_DEFAULT_REGION: world.region };
  const sqs = world.awsEndpoint("sqs");
  if (sqs === undefined) return region;
  return { ...region, AWS_ENDPOINT_URL_SQS: sqs, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
}
