import { createServer } from "node:net";
import { dirname } from "node:path";
import { setPriority } from "node:os";
import { UserError, assert } from "../base/error.ts";
import { bindings } from "../topology/binding.ts";
import { type ServiceComponent, type Topology, type Zone, findComponent } from "../topology/topology.ts";
import type { RunCode } from "./codes.ts";
import type { Context } from "./context.ts";
import { type RegionPlan, endpointAt, queueServiceAt } from "./plan.ts";
import type { Secrets } from "./secrets.ts";
import { type Trust, trustVariables } from "./trust.ts";
import type { StartTask } from "./task-set.ts";
import type { WrongClocks } from "./wrong-clocks.ts";

/** The user's programs give way to what measures and decides: a busy one must not look like a failure of another. */
const NICENESS = 5;

/** Numbers of tasks in a region, each taken by one task at a time. */
export class TaskNumbers {
  readonly #first: number;
  readonly #taken = new Set<number>();

  constructor(plan: RegionPlan) {
    this.#first = plan.firstTaskNumber;
  }

  take(): number {
    for (let number = this.#first; number < 255; number++) {
      if (!this.#taken.has(number)) {
        this.#taken.add(number);
        return number;
      }
    }
    throw new UserError({
      code: "RUN-004" satisfies RunCode,
      message: `more than ${255 - this.#first} tasks at once`,
      fix: "lower the `scale.max` of a service",
    });
  }

  free(number: number): void {
    this.#taken.delete(number);
  }
}

/** How the tasks of `service` are started: the user's command, in its folder, with its bindings in the environment. */
export function taskStarter(
  context: Context,
  service: ServiceComponent,
  world: {
    secrets: Secrets;
    trust: Trust;
    numbers: TaskNumbers;
    inherited: Readonly<Record<string, string>>;
    clocks: Pick<WrongClocks, "environment">;
  },
): StartTask {
  return async ({ id, zone: zoneName, revision }) => {
    const zone = context.plan.region.zones.find(({ name }) => name === zoneName)!; // one of the plan's zones
    const number = world.numbers.take();
    const host = context.plan.addresses.instance(context.plan.region.index, zone.index, number);
    const port = await freePort();
    const { environment, directory } = service.settings;
    const bound = bindings(context.topology, service.id, {
      region: context.plan.region.name,
      port,
      host,
      tls: { caFile: world.trust.authorityFile },
      database: (name) => ({
        writer: endpointOf(context.plan, `${name}.writer`, zone),
        reader: endpointOf(context.plan, `${name}.reader`, zone),
        user: userOf(context.topology, name),
        password: world.secrets.database(name),
      }),
      cache: (name) => ({
        ...endpointOf(context.plan, `${name}.writer`, zone),
        user: userOf(context.topology, name),
        password: world.secrets.cache(name),
      }),
      queueUrl: (name) => `${queueOrigin(context.plan, zone)}/000000000000/${name}`,
      service: (name) => balancerOf(context.plan, name, zone),
      awsEndpoint: () => queueOrigin(context.plan, zone),
    });
    const child = await context.spawner.spawn({
      name: id,
      command: "/bin/sh",
      args: ["-c", `exec ${revision}`],
      cwd: directory,
      env: {
        ...world.inherited,
        ...trustVariables(world.trust),
        ...bound,
        ...environment,
        ...world.clocks.environment(zoneName),
      },
      logFile: context.state.logFile(id),
    });
    setPriority(child.pid, NICENESS);
    void child.exited.then(() => world.numbers.free(number));
    return { address: { host, port }, child };
  };
}

/** What a program inherits of the supervisor's own environment: enough to find commands, and nothing secret. */
export function inheritedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = ["HOME", "LANG", "TMPDIR", "TZ", "NODE_COMPILE_CACHE"].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // The Node that runs Holdfast comes first, so that "node server.ts" means the same one.
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(process.execPath)}:${environment["PATH"] ?? "/usr/bin:/bin"}`,
  };
}

function userOf(topology: Topology, id: string): string {
  const found = findComponent(topology, "database", id) ?? findComponent(topology, "cache", id);
  assert(found, `${id} is a database or a cache`);
  return found.settings.user;
}

function endpointOf(plan: RegionPlan, id: string, zone: Zone): { host: string; port: number } {
  const endpoint = plan.endpoints.find((each) => each.id === id)!; // the plan has one for each database and cache
  return endpointAt(plan, endpoint, zone);
}

/** The balancer node of another service in a task's own zone. */
function balancerOf(plan: RegionPlan, service: string, zone: Zone): { host: string; port: number } {
  const node = plan.balancers.find((each) => each.service === service && each.zone.name === zone.name);
  assert(node, `${service} has a balancer node in ${zone.name}`);
  return node.listen;
}

function queueOrigin(plan: RegionPlan, zone: Zone): string {
  const { host, port } = queueServiceAt(plan, zone);
  return `http://${host}:${port}`;
}

/**
 * A port that nothing listens on, on any address: a program may bind all of them, whatever HOST says.
 * Another process could take it before the program does; then the task exits and is replaced with another port.
 */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
