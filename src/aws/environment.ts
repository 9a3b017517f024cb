import { assert } from "../base/error.ts";
import { RDS_CA } from "../facts/compute.ts";
import { type BindingWorld, bindings, functionBindings } from "../topology/binding.ts";
import type { FunctionComponent, ServiceComponent } from "../topology/topology.ts";
import type { Statement } from "./role.ts";
import type { Site } from "./ship.ts";

const HTTPS = 443;

/** Where a container listens: on all of its addresses, because the task has one of its own. */
const ANY_ADDRESS = "0.0.0.0";

/** Text that stands in Secrets Manager: what ECS injects in its place when a task starts. */
interface Injected {
  /** `arn:json-key::`. */
  readonly valueFrom: string;
}

/** What a program finds in its environment, and what it takes to fill it in. */
export interface ProgramEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** By variable: the secret, or the part of it, that the value comes from. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the one who starts the program may do to fill the secrets in. */
  readonly fillIn: readonly Statement[];
}

/**
 * The environment of a service's tasks: `topology/binding.ts` says what is in it, the same as in the local world, and
 * this where everything is on AWS. Secrets stay in Secrets Manager until a task starts.
 */
export function serviceEnvironment(site: Site, component: ServiceComponent): ProgramEnvironment {
  const { environment, port } = component.settings;
  const world: BindingWorld<Injected> = {
    ...commonWorld(site),
    port: port ?? 0,
    database: (id) => {
      const { writer, reader, secretArn } = site.handles.get("database", id);
      return { writer, reader, ...loginIn(secretArn) };
    },
    cache: (id) => {
      const { address, secretArn } = site.handles.get("cache", id);
      return { ...address, ...loginIn(secretArn) };
    },
  };
  const all = Object.entries(bindings<Injected>(site.shipment.topology, component.id, world));
  const plain = all.flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
  const secret = all.flatMap(([name, value]) => (typeof value === "string" ? [] : [[name, value.valueFrom] as const]));
  return {
    variables: { ...Object.fromEntries(plain), ...environment },
    secrets: Object.fromEntries(secret),
    fillIn: fillInStatements(site, component),
  };
}

/** Who a program is, as two parts of a secret. */
function loginIn(secretArn: string): { readonly user: Injected; readonly password: Injected } {
  const part = (key: string): Injected => ({ valueFrom: `${secretArn}:${key}::` });
  return { user: part("username"), password: part("password") };
}

/**
 * The environment of a function: no secrets, but where they are. It comes to databases by their proxy, which holds the
 * connections that its many copies would otherwise use up.
 */
export function functionEnvironment(site: Site, component: FunctionComponent): Readonly<Record<string, string>> {
  const { handles, shipment } = site;
  const world: BindingWorld<never> = {
    ...commonWorld(site),
    tls: { caFile: RDS_CA.ofFunctions.value },
    port: 0,
    database: (id) => {
      const { writer, reader, proxy } = handles.get("database", id);
      return { writer: proxy?.writer ?? writer, reader: proxy?.reader ?? reader, user: "", password: "" };
    },
    cache: (id) => ({ ...handles.get("cache", id).address, user: "", password: "" }),
    secretArn: (id) => {
      const handle = handles.find(id);
      assert(handle?.kind === "database" || handle?.kind === "cache", `${id} has a secret`);
      return handle.secretArn;
    },
  };
  return { ...functionBindings(shipment.topology, component.id, world), ...component.settings.environment };
}

/** What does not depend on who asks. */
function commonWorld({ handles, region }: Site) {
  return {
    region: region.name,
    host: ANY_ADDRESS,
    tls: { caFile: RDS_CA.ofContainers.value },
    queueUrl: (id: string) => handles.get("queue", id).url,
    table: (id: string) => handles.get("table", id),
    nameOf: (kind: "bucket" | "bus", id: string) => handles.get(kind, id).name,
    arnOf: (kind: "topic" | "function", id: string) =>
      kind === "topic" ? handles.get("topic", id).arn : handles.get("function", id).aliasArn,
    service: (id: string) => {
      const { address } = handles.get("service", id);
      assert(address, `${id} has a balancer, because a program uses it`);
      return { ...address, scheme: address.port === HTTPS ? ("https" as const) : ("http" as const) };
    },
    awsEndpoint: () => undefined,
  };
}

/** What a program that uses databases and caches may do, for their secrets to be filled in. */
function fillInStatements(site: Site, { settings }: ServiceComponent): readonly Statement[] {
  const used = settings.uses.map((id) => site.handles.find(id));
  return used.flatMap((handle) => (handle?.kind === "database" || handle?.kind === "cache" ? handle.access : []));
}
