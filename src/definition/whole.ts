import type { Problem } from "../base/error.ts";
import { formatDuration } from "../base/units.ts";
import { LAMBDA, HTTP_API } from "../facts/serverless.ts";
import type { Context } from "./context.ts";
import type { EdgeDefinition } from "./edge.ts";
import { type Doors, wayIn } from "./entry.ts";
import type { FileSystemDefinition } from "./file-system.ts";
import type { FunctionDefinition } from "./function.ts";
import type { HttpApiDefinition } from "./http-api.ts";
import type { JourneyDefinition } from "./journey.ts";
import type { QueueDefinition } from "./queue.ts";
import type { Recovery, RegionDefinition } from "./recovery.ts";
import { patternFor } from "./route.ts";
import { isObject } from "./schema.ts";
import type { ServiceDefinition } from "./service.ts";
import { keyPath, listOf, problem, show } from "./wording.ts";

type Named<T> = Readonly<Record<string, T>>;

/** All tasks that always run, of all services. */
const MAX_TASKS = 300;

/** As much of a system as its checks look at; each part is there where it was found right. */
export interface Parts extends Partial<Doors> {
  readonly edge?: EdgeDefinition | null;
  readonly regions?: readonly RegionDefinition[];
  readonly recovery?: Recovery | null;
  readonly reserveCapacity?: boolean;
  readonly services?: Named<ServiceDefinition>;
  readonly functions?: Named<FunctionDefinition>;
  readonly httpApis?: Named<HttpApiDefinition>;
  readonly queues?: Named<QueueDefinition>;
  readonly fileSystems?: Named<FileSystemDefinition>;
  readonly journeys?: Named<JourneyDefinition>;
}

type Check = (found: Parts, problems: Problem[]) => void;

/** What only the whole can tell; it is looked at as far as its parts are right. `system` is the snapshot. */
export function checkWhole(context: Context, system: unknown): (found: Parts, at: string, problems: Problem[]) => void {
  const checks: readonly Check[] = [
    checkRecovery,
    checkReservation,
    checkTasks,
    checkCircles,
    checkFileSystems,
    checkApis,
    (found, problems) => checkQueues(found, system, problems),
    (found, problems) => checkOutboxes(found, context, problems),
    (found, problems) => checkJourneys({ ...found, http: context.http }, problems),
  ];
  return (found, _at, problems) => {
    for (const check of checks) check(found, problems);
  };
}

function checkRecovery({ regions, recovery }: Parts, problems: Problem[]): void {
  if (regions?.length !== 1 || !recovery || recovery === "backup-restore") return;
  const fix = 'add "secondary" to regions, or write "backup-restore"';
  problems.push(problem("DEF-014", "recovery", `${show(recovery)} needs a second region`, fix));
}

/** A reservation is of instances, in the second region; what would be none is no comfort to who asks for it. */
function checkReservation({ reserveCapacity, regions, services }: Parts, problems: Problem[]): void {
  if (reserveCapacity !== true || services === undefined) return;
  const refuse = (message: string): void => {
    problems.push(problem("DEF-011", "reserveCapacity", message, 'remove "reserveCapacity"'));
  };
  if (regions?.length === 1) refuse("there is no second region to reserve capacity in");
  else if (Object.values(services).every(({ platform }) => platform === "fargate"))
    refuse('nobody can reserve capacity of Fargate, and no service has platform: "ec2" or "eks"');
}

function checkTasks({ services = {} }: Parts, problems: Problem[]): void {
  const tasks = Object.values(services).reduce((sum, service) => sum + service.scale.min, 0);
  if (tasks <= MAX_TASKS) return;
  const message = `${tasks} tasks are too many (${MAX_TASKS} at most)`;
  problems.push(problem("DEF-017", "services", message, "lower the min of a scale"));
}

/** Programs that call each other in a circle wait for each other; and none of them could be deployed first. */
function checkCircles({ services = {}, functions = {} }: Parts, problems: Problem[]): void {
  const uses = new Map(
    [...Object.entries(services), ...Object.entries(functions)].map(([id, program]) => [id, program.uses]),
  );
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    if (trail.includes(id)) {
      const circle = [...trail.slice(trail.indexOf(id)), id].join(" → ");
      const at = `${keyPath(Object.hasOwn(services, id) ? "services" : "functions", id)}.uses`;
      problems.push(
        problem("DEF-026", at, `programs use each other in a circle: ${circle}`, "put a queue between two of them"),
      );
      return;
    }
    if (done.has(id)) return;
    for (const next of uses.get(id) ?? []) visit(next, [...trail, id]);
    done.add(id);
  };
  for (const id of uses.keys()) visit(id, []);
}

/** What each engine can be mounted by: FSx by instances alone, and a function has one mount at most. */
function checkFileSystems({ services = {}, functions = {}, fileSystems = {} }: Parts, problems: Problem[]): void {
  const engineOf = (name: string): string | undefined =>
    Object.hasOwn(fileSystems, name) ? fileSystems[name]?.engine : undefined;
  const refuse = (at: string, name: string, by: string, fix: string): void => {
    const message = `${engineOf(name)} ${show(name)} cannot be mounted by ${by}`;
    problems.push(problem("DEF-011", at, message, fix));
  };
  const isFsx = (name: string): boolean => engineOf(name)?.startsWith("fsx-") === true;
  for (const [id, { uses, platform }] of Object.entries(services)) {
    const at = `${keyPath("services", id)}.uses`;
    if (platform === "ec2") continue;
    for (const name of uses.filter(isFsx))
      refuse(`${at}[${uses.indexOf(name)}]`, name, `tasks on ${platform}`, 'write platform: "ec2", or use efs');
  }
  for (const [id, { uses }] of Object.entries(functions)) {
    const at = `${keyPath("functions", id)}.uses`;
    const mounted = uses.filter((name) => engineOf(name) !== undefined);
    for (const name of mounted.filter(isFsx))
      refuse(`${at}[${uses.indexOf(name)}]`, name, "a function", 'write engine: "efs"');
    if (mounted.length < 2) continue;
    const message = `a function mounts one file system at most, and this one uses ${listOf(mounted)}`;
    problems.push(problem("DEF-011", at, message, "use one of them"));
  }
}

/** API Gateway gives up before a function that may take longer. */
function checkApis({ httpApis = {}, functions = {} }: Parts, problems: Problem[]): void {
  const longest = HTTP_API.timeout.value;
  for (const [id, { routes }] of Object.entries(httpApis)) {
    for (const [route, target] of Object.entries(routes)) {
      const timeout = Object.hasOwn(functions, target) ? functions[target]?.timeout : undefined;
      if (timeout === undefined || timeout < longest) continue;
      const at = keyPath(`${keyPath("httpApis", id)}.routes`, route);
      const [takes, waits] = [formatDuration(timeout), formatDuration(longest)];
      const message = `${show(target)} may take ${takes}, and an HTTP API waits for ${waits}`;
      problems.push(problem("DEF-011", at, message, `write less than ${formatDuration(longest)} as its timeout`));
    }
  }
}

/** A message must stay hidden while a function still works on it, and on what it was given before. */
function checkQueues({ queues = {}, functions = {} }: Parts, system: unknown, problems: Problem[]): void {
  for (const [id, { visibilityTimeout }] of Object.entries(queues)) {
    const needed = hiddenFor(id, functions);
    if (visibilityTimeout >= needed || !saysVisibility(system, id)) continue;
    const times = LAMBDA.visibilityFactor.value;
    const message =
      `messages are hidden for ${formatDuration(visibilityTimeout)}, less than ${times} times the timeout of the ` +
      `function that works them off (${formatDuration(needed)})`;
    const fix = `write ${formatDuration(needed)} or more, or leave it out`;
    problems.push(problem("DEF-011", `${keyPath("queues", id)}.visibilityTimeout`, message, fix));
  }
}

/** Who puts messages into a queue with an outbox writes them into something that has a copy in the other region. */
function checkOutboxes(found: Parts, { databases, tables }: Context, problems: Problem[]): void {
  const { services = {}, functions = {}, queues = {} } = found;
  const all: Named<Named<Pick<ServiceDefinition, "uses">>> = { services, functions };
  for (const [kind, programs] of Object.entries(all)) {
    for (const [id, { uses }] of Object.entries(programs)) {
      if (uses.some((name) => databases.includes(name) || tables.includes(name))) continue;
      for (const name of uses) {
        if (!Object.hasOwn(queues, name) || queues[name]?.acrossRegions !== "outbox") continue;
        const message = `${show(name)} has an outbox, and ${show(id)} uses no database or table to keep it in`;
        const fix = `add one to its uses, or remove "acrossRegions" from ${show(name)}`;
        problems.push(problem("DEF-011", `${keyPath(kind, id)}.uses[${uses.indexOf(name)}]`, message, fix));
      }
    }
  }
}

function saysVisibility(system: unknown, id: string): boolean {
  const queues = isObject(system) ? system["queues"] : undefined;
  const queue = isObject(queues) ? queues[id] : undefined;
  return isObject(queue) && queue["visibilityTimeout"] !== undefined;
}

/** The least that a queue must hide a message for, because of the functions that work it off. */
export function hiddenFor(queue: string, functions: Named<FunctionDefinition>): number {
  const timeouts = Object.values(functions).flatMap(({ consumes, timeout }) => (consumes === queue ? [timeout] : []));
  return LAMBDA.visibilityFactor.value * Math.max(0, ...timeouts);
}

function checkJourneys(found: Parts, problems: Problem[]): void {
  const { edge, httpApis = {}, accelerators = {}, http = [], journeys = {} } = found;
  if (edge === undefined) return;
  for (const [name, journey] of Object.entries(journeys)) {
    for (const action of ["write", "read"] as const) {
      const request = journey[action];
      if (request === null) continue;
      const at = `${keyPath("journeys", name)}.${action}`;
      if (wayIn({ edge, httpApis, accelerators, http }, request) === undefined) {
        const fix = edge === null ? 'add an "edge" with routes' : `add a route that matches ${show(request.path)}`;
        problems.push(problem("DEF-015", at, `nothing answers ${show(request.path)}`, fix));
      } else if (action === "write" && edge !== null && isOnlyRead(edge, request.path)) {
        const message = `${show(request.path)} is only read at the edge, which refuses ${request.method}`;
        problems.push(problem("DEF-015", at, message, 'take the route out of "edge.cache.routes"'));
      }
    }
  }
}

function isOnlyRead({ routes, cache }: EdgeDefinition, path: string): boolean {
  const pattern = patternFor(Object.keys(routes), path);
  return pattern !== undefined && cache.routes.includes(pattern);
}
