import { CACHE, DATABASE, ECS } from "../facts/timing.ts";
import type { Ms } from "../base/units.ts";
import type { FailoverSpec } from "../control/failover/language.ts";
import type { ReplacementSpec } from "../control/replacement/language.ts";
import { type Pace, providerTime, timer } from "../topology/timing.ts";
import {
  type CacheComponent,
  type DatabaseComponent,
  type ServiceComponent,
  type Zone,
  componentsOf,
} from "../topology/topology.ts";
import type { HealthCheckSettings } from "../topology/kind/service.ts";
import { assert } from "../base/error.ts";
import type { Address } from "./address.ts";
import { archiveFolder, incomingFolder } from "./backup/archive.ts";
import type { Context } from "./context.ts";
import { CacheMember } from "./engine/cache.ts";
import { PostgresMember } from "./engine/database.ts";
import type { Engines } from "./engine/locate.ts";
import type { Member } from "./engine/member.ts";
import { type MemberPlan, type RegionPlan, endpointAt } from "./plan.ts";
import type { Credentials, TargetOrder, ZoneConfig } from "./process/messages-zone.ts";
import { TaskNumbers, taskStarter } from "./program.ts";
import { type EndpointTargets, ReplicaSet } from "./replica-set.ts";
import type { Secrets } from "./secrets.ts";
import type { Trust } from "./trust.ts";
import { StartPace } from "./start-pace.ts";
import { TaskSet } from "./task-set.ts";
import { WrongClocks } from "./wrong-clocks.ts";
import { endpointTtlMs, zoneConfig } from "./zone-config.ts";

/** What a region is made of, besides the processes of its data plane. */
export interface Parts {
  readonly replicaSets: readonly ReplicaSet[];
  readonly services: readonly { readonly component: ServiceComponent; readonly tasks: TaskSet }[];
  /** Whose clocks are wrong. */
  readonly clocks: WrongClocks;
  zoneConfig(zone: string): ZoneConfig;
}

/** What the parts are given to work with. */
export interface Means {
  readonly engines: Engines;
  readonly secrets: Secrets;
  readonly trust: Trust;
  /** Whether members hand their log over to be backed up. */
  readonly keepsBackups: boolean;
  /** What programs inherit of the environment. */
  readonly inherited: Readonly<Record<string, string>>;
}

/** Where the parts say what changed. */
export interface PartListeners {
  onEndpoint(targets: EndpointTargets): void;
  onTargets(service: string, targets: readonly TargetOrder[]): void;
  /** Resolves once nothing is under way to a task that drains. */
  drained(service: string, task: string): Promise<void>;
}

/** Pauses of the control plane itself; they are ours, run at their own speed, and are no timers of AWS's. */
const RETRY_MS = 200;
const RESTART_DELAY_MS = 500;
const FIRST_BACKOFF_MS = 100;
const START_TIMEOUT_MS = 15_000;
/** The user's program starts at its own speed at every pace; on a busy machine that takes seconds. */
const HEALTH_GRACE_MS = 10_000;
const CRASH_LOOP_FAILURES = 3;

/** Builds the region's databases, caches and services from the topology; starts nothing. */
export function assemble(context: Context, means: Means, listeners: PartListeners): Parts {
  const { topology, plan } = context;
  const numbers = new TaskNumbers(plan);
  const startPace = new StartPace(context.clock);
  const clocks = new WrongClocks(context.state);
  const replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  return {
    clocks,
    replicaSets: replicated.map((component) => {
      const members = plan.members.filter((member) => member.component === component.id);
      return new ReplicaSet(context, {
        spec: failoverSpec(context, component, members),
        members: members.map((member) => ({
          plan: member,
          engine: engine(context, { ...means, clocks }, { component, member, members }),
        })),
        endpointTtlMs: endpointTtlMs(context, component),
        promotionMs: providerTime(documentedFailoverMs(component), context.pace),
        onEndpoint: listeners.onEndpoint,
        ...(component.kind === "database" ? { upstream: (zone) => upstreamFrom(plan, component.id, zone) } : {}),
      });
    }),
    services: componentsOf(topology, "service").map((component) => {
      const tasks = new TaskSet(context, {
        spec: replacementSpec(context, component),
        replacementMs: providerTime(ECS.taskStart.value, context.pace),
        startPace,
        startTask: taskStarter(context, component, { ...means, numbers, clocks }),
        onTargets: (targets) => listeners.onTargets(component.id, targets),
        drained: (task) => listeners.drained(component.id, task),
      });
      return { component, tasks };
    }),
    zoneConfig(name) {
      const zone = plan.region.zones.find((each) => each.name === name)!; // asked for the plan's zones only
      const { secrets, trust } = means;
      return zoneConfig(context, zone, { credentials: (id) => credentials(replicated, secrets, id), trust });
    },
  };
}

/** Where a member in `zone` reaches the database of another region that its own copies: an endpoint that follows it. */
function upstreamFrom(plan: RegionPlan, database: string, zone: Zone): Address {
  const endpoint = plan.endpoints.find(({ id }) => id === `${database}.upstream`);
  assert(endpoint, `${database} has an upstream, because there is another region`);
  return endpointAt(plan, endpoint, zone);
}

function failoverSpec(
  { plan, pace }: Context,
  component: DatabaseComponent | CacheComponent,
  members: readonly MemberPlan[],
): FailoverSpec {
  const { intervalMs, timeoutMs, unhealthyThreshold } = component.settings.detection;
  return {
    component: component.id,
    members: members.map(({ id, zone }) => ({ id, zone: zone.name })),
    observers: plan.region.zones.map(({ name }) => name),
    acknowledging: component.kind === "database" ? component.settings.synchronousStandbys : 0,
    retryMs: RETRY_MS,
    restartDelayMs: RESTART_DELAY_MS,
    patienceMs: timer((intervalMs + timeoutMs) * (unhealthyThreshold + 1), pace) + 1_000,
    first: members[0]!.id, // a replicated component has a member a zone, and there is a zone
  };
}

/** What AWS documents, or we assume, for a failover of this kind, after it was noticed. */
function documentedFailoverMs({ kind, settings }: DatabaseComponent | CacheComponent): Ms {
  if (kind === "cache") return CACHE.failover.value;
  return settings.engine === "postgresql" ? DATABASE.multiAzFailover.value[1] : DATABASE.auroraFailover.value;
}

function engine(
  context: Context,
  means: Pick<Means, "engines" | "secrets" | "keepsBackups"> & { clocks: WrongClocks },
  of: { component: DatabaseComponent | CacheComponent; member: MemberPlan; members: readonly MemberPlan[] },
): Member {
  const { component, member, members } = of;
  const { state, spawner, clock } = context;
  const common = {
    id: member.id,
    zone: member.zone.name,
    directory: state.file(component.id, member.id),
    listen: member.listen,
    members: members.map(({ id }) => id).filter((id) => id !== member.id),
    spawner,
    clock,
    logFile: state.logFile(member.id),
  };
  if (component.kind === "cache") {
    const password = means.secrets.cache(component.id);
    return new CacheMember({ ...common, settings: component.settings, password, binary: means.engines.cache });
  }
  const secrets = {
    password: means.secrets.database(component.id),
    controlPassword: means.secrets.replication(component.id),
  };
  const archive = archiveFolder(state, context.plan.region.name, component.id);
  return new PostgresMember({
    ...common,
    ...(means.keepsBackups ? { archiveTo: incomingFolder(archive, member.id) } : {}),
    settings: component.settings,
    secrets,
    binary: means.engines.postgres,
    environment: () => means.clocks.environment(member.zone.name),
  });
}

/** How long the health checks of a task take until they can find it healthy; 0 for a worker, which has none. */
export function healthyAfterMs(health: HealthCheckSettings | null, pace: Pace): Ms {
  return health === null ? 0 : timer(health.intervalMs * health.healthyThreshold, pace);
}

function replacementSpec({ plan, pace }: Context, { id, settings }: ServiceComponent): ReplacementSpec {
  return {
    service: id,
    zones: plan.region.zones.map(({ name }) => name),
    desired: settings.scale.min,
    revision: settings.run,
    min: settings.scale.min,
    backoff: {
      firstMs: FIRST_BACKOFF_MS,
      maxMs: timer(ECS.restartBackoffMax.value, pace),
      resetAfterMs: timer(60_000, pace),
    },
    startTimeoutMs: START_TIMEOUT_MS + healthyAfterMs(settings.health, pace),
    healthGraceMs: HEALTH_GRACE_MS,
    drainMs: timer(settings.drainMs, pace),
    crashLoopFailures: CRASH_LOOP_FAILURES,
    checked: settings.health !== null,
  };
}

function credentials(
  components: readonly (DatabaseComponent | CacheComponent)[],
  secrets: Secrets,
  id: string,
): Credentials {
  const component = components.find((each) => each.id === id);
  if (component?.kind === "cache") {
    return { user: component.settings.user, database: "", password: secrets.cache(id) };
  }
  return { user: "holdfast", database: "postgres", password: secrets.replication(id) };
}
