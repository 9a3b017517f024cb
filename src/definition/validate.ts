import { type Problem, UserError } from "../base/error.ts";
import { zonesOf } from "../facts/region.ts";
import type { Code } from "./codes.ts";
import { type CacheDefinition, readCache } from "./cache.ts";
import { type Context, KINDS, contextOf, readName } from "./context.ts";
import { type DatabaseDefinition, readDatabase } from "./database.ts";
import { type EdgeDefinition, readEdge } from "./edge.ts";
import { type JourneyDefinition, readJourney } from "./journey.ts";
import { type ObjectivesDefinition, readObjectives } from "./objective.ts";
import { type QueueDefinition, readQueue } from "./queue.ts";
import { type Recovery, type RegionDefinition, readRecovery, readRegions } from "./recovery.ts";
import { routeFor } from "./route.ts";
import {
  type Field,
  type Reader,
  group,
  isObject,
  mapOf,
  mapped,
  optional,
  orNull,
  required,
  shape,
} from "./schema.ts";
import { type ServiceDefinition, readService } from "./service.ts";
import { snapshot } from "./snapshot.ts";
import { keyPath, problem, show } from "./wording.ts";

type Named<T> = Readonly<Record<string, T>>;

/**
 * A definition that holds: every default filled in, every time in milliseconds on AWS's scale, every reference
 * resolved.
 */
export interface Definition {
  readonly name: string;
  /** The primary one first. */
  readonly regions: readonly RegionDefinition[];
  readonly objectives: ObjectivesDefinition;
  readonly recovery: Recovery;
  readonly edge: EdgeDefinition | null;
  readonly services: Named<ServiceDefinition>;
  readonly queues: Named<QueueDefinition>;
  readonly databases: Named<DatabaseDefinition>;
  readonly caches: Named<CacheDefinition>;
  readonly journeys: Named<JourneyDefinition>;
}

type Found = Omit<Definition, "recovery"> & { readonly recovery: Recovery | null };

/** What instances, places and the emulated services are called by. */
const RESERVED = ["edge", "zone", "region", "sqs"];

const MAX_PROBLEMS = 200;

/** All tasks that always run, of all services. */
const MAX_TASKS = 300;

/** What came of reading a definition: either it holds, or there are problems. */
export type Validation =
  | { readonly definition: Definition; readonly problems: readonly [] }
  | { readonly definition: null; readonly problems: readonly Problem[] };

/**
 * Reads what a user wrote, whatever it is, and tells every problem at once. Never throws, and never takes long
 * (only a proxy whose trap does not return can hold it up).
 */
export function validateDefinition(value: unknown): Validation {
  const { value: system, problems: unreadable } = snapshot(value);
  if (!isObject(system)) {
    const message = `${show(system)} is not a system`;
    const own = problem("DEF-001", "", message, "export default defineSystem({ … })");
    return { definition: null, problems: unreadable.length > 0 ? unreadable : [own] };
  }
  const problems: Problem[] = [...unreadable];
  const definition = readSystem(system)(system, "", problems);
  checkNames(system, problems);
  if (definition === undefined || problems.length > 0) return { definition: null, problems: readable(problems) };
  return { definition, problems: [] };
}

/** The definition in `value`. Throws a `UserError` with all problems where it does not hold. */
export function definitionOf(value: unknown): Definition {
  const { definition, problems } = validateDefinition(value);
  if (definition === null) throw definitionError(problems);
  return definition;
}

/** The problems of a definition as one error: a single one as it is, several as a list. */
export function definitionError(problems: readonly Problem[]): UserError {
  const [first, ...others] = problems;
  if (first && others.length === 0) return new UserError(first);
  const lines = problems.map(({ code, at, message, fix }) => `  ${code} ${at}: ${message}; ${fix}`);
  return new UserError({
    code: "DEF-024" satisfies Code,
    message: [`the definition has ${problems.length} problems`, ...lines].join("\n"),
    fix: "mend them, then run holdfast check",
  });
}

function readSystem(system: unknown): Reader<Definition> {
  const zones = readRegions(isObject(system) ? system["regions"] : undefined, "", [])?.[0]?.zones.length ?? 3;
  const context: Context = contextOf(system, zones);
  const named = <T>(read: Reader<T>, max: number): Field<Named<T>> => optional(mapOf(read, max, readName), {});
  const fields = {
    name: required(readName),
    regions: required(readRegions),
    objectives: group(readObjectives),
    recovery: orNull(readRecovery),
    edge: orNull(readEdge(context)),
    services: named(readService(context), 30),
    queues: named(readQueue, 30),
    databases: named(readDatabase(context), 10),
    caches: named(readCache(context), 10),
    journeys: named(readJourney, 30),
  };
  return mapped(shape(fields, checkWhole(context)), (found) => ({
    ...found,
    recovery: found.recovery ?? (found.regions.length > 1 ? "warm-standby" : "backup-restore"),
  }));
}

/** A name is used once in all kinds, and so are the names that come from it. */
function checkNames(system: Readonly<Record<string, unknown>>, problems: Problem[]): void {
  const taken = new Map<string, string>(RESERVED.map((name) => [name, "holdfast itself"]));
  for (const kind of KINDS) {
    const components = system[kind];
    for (const name of isObject(components) ? Object.keys(components) : []) {
      const at = keyPath(kind, name);
      const derived = {
        queues: `${name}-dead-letters`,
        databases: `${name}-reader`,
        services: undefined,
        caches: undefined,
      }[kind];
      for (const each of derived === undefined ? [name] : [name, derived]) {
        const owner = taken.get(each);
        if (owner === undefined) taken.set(each, at);
        else
          problems.push(
            problem("DEF-009", at, `the name ${show(each)} is taken by ${owner}`, "give one of them another name"),
          );
      }
      const reserved = reason(name);
      if (reserved) problems.push(problem("DEF-009", at, reserved, "give it another name"));
    }
  }
}

/** Why a name may not be used although it is well formed: it would be mistaken for something of the cloud's. */
function reason(name: string): string | undefined {
  if (name === "aws" || name.startsWith("aws-"))
    return `${show(name)} would set variables that belong to AWS's clients`;
  const region = /[a-z]{2}-[a-z]+-\d/.exec(name)?.[0];
  if (region !== undefined && zonesOf(region).length > 0)
    return `${show(name)} holds the name of region ${show(region)}`;
  return undefined;
}

/** What only the whole can tell; it is looked at as far as its parts are right. */
function checkWhole(context: Context): (found: Partial<Found>, at: string, problems: Problem[]) => void {
  return ({ regions, recovery, services = {}, edge, journeys = {} }, _at, problems) => {
    if (regions?.length === 1 && recovery && recovery !== "backup-restore") {
      const fix = 'add "secondary" to regions, or write "backup-restore"';
      problems.push(problem("DEF-014", "recovery", `${show(recovery)} needs a second region`, fix));
    }
    const tasks = Object.values(services).reduce((sum, service) => sum + service.scale.min, 0);
    if (tasks > MAX_TASKS) {
      const message = `${tasks} tasks are too many (${MAX_TASKS} at most)`;
      problems.push(problem("DEF-017", "services", message, "lower the min of a scale"));
    }
    if (edge === undefined) return;
    for (const [name, journey] of Object.entries(journeys)) {
      for (const action of ["write", "read"] as const) {
        const request = journey[action];
        if (request === null || isAnswered(request.path, edge, context)) continue;
        const at = `${keyPath("journeys", name)}.${action}`;
        const fix = edge === null ? 'add an "edge" with routes' : `add a route that matches ${show(request.path)}`;
        problems.push(problem("DEF-015", at, `nothing answers ${show(request.path)}`, fix));
      }
    }
  };
}

/** Without an edge, requests reach the HTTP service, so there must be one and no other. */
function isAnswered(path: string, edge: EdgeDefinition | null, context: Context): boolean {
  if (edge === null) return context.http.length === 1;
  return edge.site !== null || routeFor(edge.routes, path) !== undefined;
}

/** Each problem once, though two checks may have found it; and no more than anyone would read. */
function readable(problems: readonly Problem[]): readonly Problem[] {
  const distinct = [...new Map(problems.map((each) => [`${each.code} ${each.at} ${each.message}`, each])).values()];
  if (distinct.length <= MAX_PROBLEMS) return distinct;
  const message = `${distinct.length - MAX_PROBLEMS} further problems are not shown`;
  return [...distinct.slice(0, MAX_PROBLEMS), problem("DEF-017", "", message, "mend these first")];
}
