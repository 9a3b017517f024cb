import { type Problem, UserError, assert } from "../base/error.ts";
import { type AcceleratorDefinition, readAccelerator } from "./accelerator.ts";
import { type AlertsDefinition, readAlerts, readArns } from "./alert.ts";
import { type AssumptionsDefinition, readAssumptions } from "./assumption.ts";
import { type BackupsDefinition, readBackups } from "./backup.ts";
import { type BucketDefinition, readBucket } from "./bucket.ts";
import { type BusDefinition, readBus } from "./bus.ts";
import { type CacheDefinition, readCache } from "./cache.ts";
import type { Code } from "./codes.ts";
import { type Context, contextOf, readName } from "./context.ts";
import { type DatabaseDefinition, readDatabase } from "./database.ts";
import { type EdgeDefinition, readEdge } from "./edge.ts";
import { readNoFunction } from "./escape.ts";
import { type FailoverDefinition, readFailover } from "./failover.ts";
import { type FileSystemDefinition, readFileSystem } from "./file-system.ts";
import { type FunctionDefinition, readFunction } from "./function.ts";
import { type HttpApiDefinition, readHttpApi } from "./http-api.ts";
import { type JourneyDefinition, readJourney } from "./journey.ts";
import { checkNames } from "./names.ts";
import { type NetworkDefinition, readNetwork } from "./network.ts";
import { type ObjectivesDefinition, readObjectives } from "./objective.ts";
import { type QueueDefinition, readQueue } from "./queue.ts";
import { type Recovery, type RegionDefinition, readRecovery, readRegions } from "./recovery.ts";
import { type ScheduleDefinition, readSchedule } from "./schedule.ts";
import { type Field, type Reader, group, isObject, mapOf, mapped, oneOf, optional, orNull } from "./schema.ts";
import { required, shape, text } from "./schema.ts";
import { type ServiceDefinition, readService } from "./service.ts";
import { ESCAPE_KEY, type PlainObject, snapshot } from "./snapshot.ts";
import { type Stage, ZONES_OF_STAGE, readStage, stageOf } from "./stage.ts";
import { type TableDefinition, readTable } from "./table.ts";
import { type TopicDefinition, readTopic } from "./topic.ts";
import { type VolumeDefinition, readVolume } from "./volume.ts";
import { checkWhole, hiddenFor } from "./whole.ts";
import { problem, show } from "./wording.ts";

type Named<T> = Readonly<Record<string, T>>;

/**
 * A definition that holds: every default filled in, every time in milliseconds on AWS's scale, every reference
 * resolved.
 */
export interface Definition {
  readonly name: string;
  readonly stage: Stage;
  /** The primary one first. */
  readonly regions: readonly RegionDefinition[];
  readonly objectives: ObjectivesDefinition;
  readonly recovery: Recovery;
  readonly failover: FailoverDefinition;
  readonly assumptions: AssumptionsDefinition;
  readonly edge: EdgeDefinition | null;
  readonly services: Named<ServiceDefinition>;
  readonly functions: Named<FunctionDefinition>;
  readonly httpApis: Named<HttpApiDefinition>;
  readonly accelerators: Named<AcceleratorDefinition>;
  readonly schedules: Named<ScheduleDefinition>;
  readonly queues: Named<QueueDefinition>;
  readonly topics: Named<TopicDefinition>;
  readonly buses: Named<BusDefinition>;
  readonly databases: Named<DatabaseDefinition>;
  readonly caches: Named<CacheDefinition>;
  readonly tables: Named<TableDefinition>;
  readonly buckets: Named<BucketDefinition>;
  readonly fileSystems: Named<FileSystemDefinition>;
  readonly volumes: Named<VolumeDefinition>;
  readonly journeys: Named<JourneyDefinition>;
  readonly network: NetworkDefinition;
  readonly backups: BackupsDefinition;
  readonly alerts: AlertsDefinition;
  /** Null: a trail of its own. */
  readonly trail: string | null;
  /** ARNs by region. */
  readonly keys: Named<string>;
  readonly reserveCapacity: boolean;
}

const MAX_PROBLEMS = 200;

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

function readSystem(system: PlainObject): Reader<Definition> {
  const stage = stageOf(system["stage"]);
  const regions = readRegions(stage)(system["regions"], "", []) ?? [];
  const context = contextOf(system, {
    zones: regions[0]?.zones.length ?? ZONES_OF_STAGE[stage],
    regions: regions.length,
  });
  const fields = {
    name: required(readName),
    stage: optional(readStage, "production"),
    regions: required(readRegions(stage)),
    objectives: group(readObjectives),
    recovery: orNull(readRecovery),
    failover: group(readFailover),
    assumptions: group(readAssumptions),
    edge: orNull(readEdge(context)),
    ...componentFields(context),
    journeys: named(readJourney, 30),
    ...shippingFields(regions),
  };
  return mapped(shape(fields, checkWhole(context, system)), ({ [ESCAPE_KEY]: noFunction, ...found }) => {
    assert(noFunction === null, "what is under aws is a function, and is not in a snapshot");
    return {
      ...found,
      recovery: found.recovery ?? (found.regions.length > 1 ? "warm-standby" : "backup-restore"),
      queues: mapValues(found.queues, (queue, id) => ({
        ...queue,
        visibilityTimeout: Math.max(queue.visibilityTimeout, hiddenFor(id, found.functions)),
      })),
    };
  });
}

function named<T>(read: Reader<T>, max: number): Field<Named<T>> {
  return optional(mapOf(read, max, readName), {});
}

function componentFields(context: Context) {
  return {
    services: named(readService(context), 30),
    functions: named(readFunction(context), 30),
    httpApis: named(readHttpApi(context), 10),
    accelerators: named(readAccelerator(context), 10),
    schedules: named(readSchedule(context), 30),
    queues: named(readQueue, 30),
    topics: named(readTopic(context), 30),
    buses: named(readBus(context), 10),
    databases: named(readDatabase(context), 10),
    caches: named(readCache(context), 10),
    tables: named(readTable, 30),
    buckets: named(readBucket(context), 30),
    fileSystems: named(readFileSystem, 10),
    volumes: named(readVolume, 10),
  };
}

/** What only AWS needs to know. Where the regions are wrong, these cannot be held against them. */
function shippingFields(regions: readonly RegionDefinition[]) {
  return {
    network: group(readNetwork(regions)),
    backups: group(readBackups),
    alerts: group(readAlerts(regions)),
    trail: orNull(text({ max: 200, pattern: TRAIL, form: "the name or ARN of a trail" })),
    keys: optional(readArns(regions, "kms", /^key\/[\w-]+$/), {}),
    reserveCapacity: optional(oneOf(true, false), false),
    [ESCAPE_KEY]: orNull(readNoFunction),
  };
}

const TRAIL = /^(?:arn:aws:cloudtrail:[\w-]+:\d{12}:trail\/)?[A-Za-z0-9][\w.-]{2,127}$/;

function mapValues<T>(values: Named<T>, change: (value: T, key: string) => T): Named<T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}

/** Each problem once, though two checks may have found it; and no more than anyone would read. */
function readable(problems: readonly Problem[]): readonly Problem[] {
  const distinct = [...new Map(problems.map((each) => [`${each.code} ${each.at} ${each.message}`, each])).values()];
  if (distinct.length <= MAX_PROBLEMS) return distinct;
  const message = `${distinct.length - MAX_PROBLEMS} further problems are not shown`;
  return [...distinct.slice(0, MAX_PROBLEMS), problem("DEF-017", "", message, "mend these first")];
}
