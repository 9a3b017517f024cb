import { UserError, assert } from "../base/error.ts";
import { variableName } from "../definition/context.ts";
import type { TopologyCode } from "./codes.ts";
import type { FunctionSettings } from "./kind/function.ts";
import type { ServiceSettings } from "./kind/service.ts";
import { type Component, type Topology, findComponent } from "./topology.ts";

/** A host and a port that a program dials. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Who a program is in a database or a cache. Injected, because it changes: credentials rotate between two users, and
 * earlier tasks go on with theirs. `Secret` is what a world hands out in place of a secret's text.
 */
interface Login<Secret> {
  readonly user: string | Secret;
  readonly password: string | Secret;
}

/** Where a database is, and who a program is in it. */
export interface DatabaseBinding<Secret> extends Login<Secret> {
  readonly writer: Endpoint;
  readonly reader: Endpoint;
}

/** Where a cache is, and who a program is in it. */
export interface CacheBinding<Secret> extends Endpoint, Login<Secret> {}

/**
 * How a world tells where things are, as a task sees them from its own zone. What a world does not run it leaves out:
 * no program that uses it comes that far.
 */
export interface BindingWorld<Secret = string> {
  readonly region: string;
  /** Where the task is to listen. */
  readonly port: number;
  readonly host: string;
  /** What the certificates of databases are checked with; null where connections are not encrypted. */
  readonly tls: { readonly caFile: string } | null;
  database(id: string): DatabaseBinding<Secret>;
  cache(id: string): CacheBinding<Secret>;
  queueUrl(id: string): string;
  /** Where the task's zone reaches the balancer of another service; left out by a world that has none for services. */
  service?(id: string): Endpoint & { readonly scheme?: "http" | "https" };
  httpApiUrl?(id: string): string;
  /** The table's name, and where its accelerator is. */
  table?(id: string): { readonly name: string; readonly acceleratorUrl: string | null };
  /** What a bucket or a bus is called. */
  nameOf?(kind: "bucket" | "bus", id: string): string;
  arnOf?(kind: "topic" | "function", id: string): string;
  /** The secret with the credentials of a database or a cache, which a function fetches by itself. */
  secretArn?(id: string): string;
  /** Undefined on AWS itself, where its clients find their own way. */
  awsEndpoint(api: "sqs"): string | undefined;
}

/** The variables of a program, with a secret where the world has no text for one. */
export type Environment<Secret> = Record<string, string | Secret>;

/**
 * The environment that tells a program of a service where everything is, by the conventions of its own clients, the
 * same in every world:
 *
 * - `PORT` and `HOST`, where a service listens; in which protocol it knows by itself, like its health path;
 * - for each component that it uses or consumes, in upper case, dashes as underscores, `<NAME>_URL` of a database
 *   (`postgres://host:5432/app`), a cache (`redis://host:6379`), a queue, another service or an HTTP API;
 *   `<NAME>_ACROSS_REGIONS=outbox` of a queue that has one; `<NAME>_NAME` of a table, a bucket or a bus, with
 *   `<NAME>_ACCELERATOR_URL` where a table has one; `<NAME>_ARN` of a topic or a function; `<NAME>_PATH` of a file
 *   system or a volume;
 * - for a database also `<NAME>_READER_URL`; for it and for a cache `<NAME>_USER` and `<NAME>_PASSWORD`, apart from
 *   the URL so that rotated ones can be injected; with a single PostgreSQL database they are `PGUSER` and `PGPASSWORD`,
 *   too, which the clients of PostgreSQL read by themselves;
 * - `AWS_REGION`; and where AWS is emulated `AWS_ENDPOINT_URL_SQS`, with credentials that are worth nothing.
 *
 * Where connections are encrypted the URLs say so: `rediss:`, and the parameters of the database's own clients.
 */
export function bindings<Secret = string>(
  topology: Topology,
  serviceId: string,
  world: BindingWorld<Secret>,
): Environment<Secret> {
  const service = findComponent(topology, "service", serviceId);
  assert(service, `there is a service ${serviceId}`);
  const bound = boundTo(topology, service.settings);
  const postgres = bound.filter((each) => each.kind === "database" && isPostgres(each.settings.engine));
  const [only] = postgres;
  const own = only && postgres.length === 1 ? world.database(only.id) : null;
  return {
    ...(service.settings.port === null ? {} : { PORT: String(world.port), HOST: world.host }),
    ...merged(bound.map((component) => variablesOf(component, world))),
    ...(own === null ? {} : { PGUSER: own.user, PGPASSWORD: own.password }),
    ...aws(world),
  };
}

/**
 * The environment of a function: what a service's would say, but for secrets. A function's variables are written when
 * it is deployed, in the clear, and would be stale after a rotation or two: it has `<NAME>_SECRET_ARN` instead, and
 * fetches `username` and `password` itself. AWS sets its own variables.
 */
export function functionBindings(
  topology: Topology,
  functionId: string,
  world: BindingWorld<never>,
): Record<string, string> {
  const component = findComponent(topology, "function", functionId);
  assert(component, `there is a function ${functionId}`);
  return merged(
    boundTo(topology, component.settings).map((each) =>
      each.kind === "database" || each.kind === "cache"
        ? { ...urlsOf(each, world), [variableName(each.id, "SECRET_ARN")]: given(world.secretArn, each)(each.id) }
        : variablesOf(each, world),
    ),
  );
}

function boundTo(
  topology: Topology,
  { uses, consumes }: Pick<ServiceSettings | FunctionSettings, "uses" | "consumes">,
): readonly Component[] {
  return topology.components.filter(({ id }) => uses.includes(id) || id === consumes);
}

function merged<T>(each: readonly Record<string, T>[]): Record<string, T> {
  return Object.assign({}, ...each) as Record<string, T>;
}

function variablesOf<Secret>(component: Component, world: BindingWorld<Secret>): Environment<Secret> {
  const { id, kind } = component;
  switch (kind) {
    case "database":
    case "cache": {
      const { user, password } = kind === "database" ? world.database(id) : world.cache(id);
      return {
        ...urlsOf(component, world),
        [variableName(id, "USER")]: user,
        [variableName(id, "PASSWORD")]: password,
      };
    }
    case "queue": {
      const { acrossRegions } = component.settings;
      const outbox = acrossRegions === "none" ? {} : { [variableName(id, "ACROSS_REGIONS")]: acrossRegions };
      return { [variableName(id, "URL")]: world.queueUrl(id), ...outbox };
    }
    case "table": {
      const { name, acceleratorUrl } = given(world.table, component)(id);
      const accelerator = acceleratorUrl === null ? {} : { [variableName(id, "ACCELERATOR_URL")]: acceleratorUrl };
      return { [variableName(id, "NAME")]: name, ...accelerator };
    }
    case "bucket":
    case "bus":
      return { [variableName(id, "NAME")]: given(world.nameOf, component)(kind, id) };
    case "topic":
    case "function":
      return { [variableName(id, "ARN")]: given(world.arnOf, component)(kind, id) };
    case "file-system":
    case "volume":
      return { [variableName(id, "PATH")]: mountPath(id) };
    case "http-api":
      return { [variableName(id, "URL")]: given(world.httpApiUrl, component)(id) };
    case "service": {
      const { host, port, scheme = "http" } = addressOfService(id, world);
      return { [variableName(id, "URL")]: `${scheme}://${host}${isDefaultPort(scheme, port) ? "" : `:${port}`}` };
    }
    case "edge":
    case "accelerator":
    case "schedule":
      return {};
  }
}

/** Where a program finds a file system or a volume. */
export function mountPath(id: string): string {
  return `/mnt/${id}`;
}

/** What a program dials, without who it is. */
function urlsOf<Secret>(
  component: Extract<Component, { kind: "database" | "cache" }>,
  world: BindingWorld<Secret>,
): Record<string, string> {
  const { id } = component;
  if (component.kind === "cache") {
    const { host, port } = world.cache(id);
    return { [variableName(id, "URL")]: `${world.tls ? "rediss" : "redis"}://${host}:${port}` };
  }
  const { engine, databaseName } = component.settings;
  const { writer, reader } = world.database(id);
  const scheme = isPostgres(engine) ? "postgres" : "mysql";
  const to = ({ host, port }: Endpoint): string =>
    `${scheme}://${host}:${port}/${databaseName}${tlsOf(engine, world.tls)}`;
  return { [variableName(id, "URL")]: to(writer), [variableName(id, "READER_URL")]: to(reader) };
}

/**
 * How a URL asks for TLS with a server whose certificate is checked, each engine in its own way.
 * https://www.postgresql.org/docs/current/libpq-connect.html
 * https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html
 */
function tlsOf(engine: string, tls: BindingWorld["tls"]): string {
  if (tls === null) return "";
  return isPostgres(engine)
    ? `?sslmode=verify-full&sslrootcert=${tls.caFile}`
    : `?ssl-mode=VERIFY_IDENTITY&ssl-ca=${tls.caFile}`;
}

function isPostgres(engine: string): boolean {
  return engine.includes("postgresql");
}

function isDefaultPort(scheme: "http" | "https", port: number): boolean {
  return scheme === "https" && port === 443;
}

/** A world that does not run a kind refuses its definition before a program is bound. */
function given<T>(tell: T | undefined, { kind, id }: Component): T {
  assert(tell !== undefined, `the world that runs ${id} knows the kind ${kind}`);
  return tell;
}

function addressOfService<Secret>(
  id: string,
  world: BindingWorld<Secret>,
): Endpoint & { readonly scheme?: "http" | "https" } {
  if (world.service) return world.service(id);
  throw new UserError({
    code: "TOP-001" satisfies TopologyCode,
    message: `calls between services cannot be run here, and a service uses "${id}"`,
    fix: "put a queue between the two services",
    at: `services.${id}`,
  });
}

function aws<Secret>(world: BindingWorld<Secret>): Record<string, string> {
  const region = { AWS_REGION: world.region, AWS_DEFAULT_REGION: world.region };
  const sqs = world.awsEndpoint("sqs");
  if (sqs === undefined) return region;
  return { ...region, AWS_ENDPOINT_URL_SQS: sqs, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
}
