import { Fn } from "aws-cdk-lib";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { assert } from "../base/error.ts";
import { RDS_CA } from "../facts/compute.ts";
import { type BindingWorld, bindings, functionBindings } from "../topology/binding.ts";
import type { FunctionComponent, ServiceComponent } from "../topology/topology.ts";
import { readSecrets } from "./data/secret.ts";
import { logicalId, physicalName } from "./name.ts";
import type { Statement } from "./role.ts";
import { type Site, tagged } from "./ship.ts";

const HTTPS = 443;

/** Where a container listens: on all of its addresses, because the task has one of its own. */
const ANY_ADDRESS = "0.0.0.0";

/** Text that stands in Secrets Manager: what ECS injects in its place when a task starts. */
interface Injected {
  /** `arn` or `arn:json-key::`. */
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
      const part = (key: string): Injected => ({ valueFrom: `${secretArn}:${key}::` });
      return { writer, reader, user: part("username"), password: part("password") };
    },
    cache: (id) => ({ url: { valueFrom: cacheUrlSecret(site, id) } }),
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
    cache: (id) => handles.get("cache", id).address,
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

/**
 * A cache's URL with its password, as a secret of its own: the clients of caches read one variable, and ECS injects a
 * secret or a part of it, never a text with a secret in it. The password has no characters that a URL would change.
 */
function cacheUrlSecret(site: Site, id: string): string {
  const { shipment, stacks, handles, keyArn } = site;
  const made = stacks.compute.node.tryFindChild(cacheUrlId(id)) as CfnSecret | undefined;
  if (made) return made.ref;
  const { address, secretArn } = handles.get("cache", id);
  const password = `{{resolve:secretsmanager:${secretArn}}}`;
  const secret = new CfnSecret(stacks.compute, cacheUrlId(id), {
    description: `The URL of ${physicalName(shipment, id)}, with the password`,
    kmsKeyId: keyArn,
    secretString: Fn.join("", ["rediss://:", password, "@", address.host, ":", String(address.port)]),
    tags: tagged(shipment, { id, kind: "cache" }),
  });
  return secret.ref;
}

function cacheUrlId(id: string): string {
  return logicalId(id, "url-secret");
}

function fillInStatements(site: Site, { settings }: ServiceComponent): readonly Statement[] {
  const used = settings.uses.map((id) => site.handles.find(id));
  const databases = used.flatMap((handle) => (handle?.kind === "database" ? [handle.id] : []));
  const caches = used.flatMap((handle) => (handle?.kind === "cache" ? [handle.id] : []));
  const openCaches: Statement[] = caches.map((id) => ({
    sid: logicalId("read-url-of", id),
    actions: ["secretsmanager:GetSecretValue"],
    resources: [cacheUrlSecret(site, id)],
  }));
  const open = {
    sid: "OpenUrlsOfCaches",
    actions: ["kms:Decrypt"],
    resources: [site.keyArn],
    conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${site.region.name}.amazonaws.com` } },
  };
  return [
    ...databases.flatMap((id) => readSecrets(site, id, [physicalName(site.shipment, id)])),
    ...openCaches,
    ...(caches.length === 0 ? [] : [open]),
  ];
}
