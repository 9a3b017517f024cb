import { ECS } from "../facts/timing.ts";
import type { FailoverSpec } from "../control/failover/language.ts";
import { failoverSpec } from "../control/failover/spec.ts";
import type { ReplacementSpec } from "../control/replacement/language.ts";
import { PROGRAM_START, replacementSpec } from "../control/replacement/spec.ts";
import { observersOf } from "../topology/observer.ts";
import { documentedFailoverMs, endpointTtlMs, healthyAfterMs, taskTerms } from "../topology/spec.ts";
import { providerTime, timer } from "../topology/timing.ts";
import {
  type CacheComponent,
  type DatabaseComponent,
  type ServiceComponent,
  type Zone,
  componentsOf,
} from "../topology/topology.ts";
import { assert } from "../base/error.ts";
import type { Address } from "./address.ts";
import { archiveFolder, incomingFolder } from "./backup/archive.ts";
import type { Context } from "./context.ts";
import { CacheMember } from "./engine/cache.ts";
import { PostgresMember } from "./engine/database.ts";
import type { Engines } from "./engine/locate.ts";
import type { Member } from "./engine/member.ts";
import { type MemberPlan, type RegionPlan, endpointAt } from "./plan.ts";
import type { Credentials, ObservingConfig, TargetOrder, ZoneConfig } from "./process/messages-zone.ts";
import { TaskNumbers, taskStarter } from "./program.ts";
import { type EndpointTargets, ReplicaSet } from "./replica-set.ts";
import type { Secrets } from "./secrets.ts";
import type { Trust } from "./trust.ts";
import { StartPace } from "./start-pace.ts";
import { TaskSet } from "./task-set.ts";
import { WrongClocks } from "./wrong-clocks.ts";
import { besideObserving, zoneConfig } from "./zone-config.ts";

/** What a region is made of, besides the processes of its data plane. */
export interface Parts {
  readonly replicaSets: readonly ReplicaSet[];
  readonly services: readonly { readonly component: ServiceComponent; readonly tasks: TaskSet }[];
  /** Whose clocks are wrong. */
  readonly clocks: WrongClocks;
  zoneConfig(zone: string): ZoneConfig;
  /** What is watched from beside the zones; null: nothing. */
  observing(): ObservingConfig | null;
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
        spec: failoverSpecOf(context, component, members),
        members: members.map((member) => ({
          plan: member,
          engine: engine(context, { ...means, clocks }, { component, member, members }),
        })),
        endpointTtlMs: endpointTtlMs(component, context.pace),
        promotionMs: providerTime(documentedFailoverMs(component), context.pace),
        onEndpoint: listeners.onEndpoint,
        ...(component.kind === "database" ? { upstream: (zone) => upstreamFrom(plan, component.id, zone) } : {}),
      });
    }),
    services: componentsOf(topology, "service").map((component) => {
      const tasks = new TaskSet(context, {
        spec: replacementSpecOf(context, component),
        replacementMs: providerTime(ECS.taskStart.value, context.pace),
        startPace,
        startTask: taskStarter(context, component, { ...means, numbers, clocks }),
        onTargets: (targets) => listeners.onTargets(component.id, targets),
        drained: (task) => listeners.drained(component.id, task),
      });
      return { component, tasks };
    }),
    observing: () => besideObserving(context, (id) => credentials(replicated, means.secrets, id)),
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

function failoverSpecOf(
  { plan, pace }: Context,
  component: DatabaseComponent | CacheComponent,
  members: readonly MemberPlan[],
): FailoverSpec {
  return failoverSpec({
    component: component.id,
    members: members.map(({ id, zone }) => ({ id, zone: zone.name })),
    observers: observersOf(plan.region),
    acknowledging: component.kind === "database" ? component.settings.synchronousStandbys : 0,
    detection: component.settings.detection,
    timer: (ms) => timer(ms, pace),
  });
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
    environment: () => means.clocks.environment(member.zone.name),
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
  });
}

function replacementSpecOf({ plan, pace }: Context, component: ServiceComponent): ReplacementSpec {
  const { settings } = component;
  return replacementSpec({
    ...taskTerms(component),
    zones: plan.region.zones.map(({ name }) => name),
    count: settings.scale.min,
    startTimeoutMs: PROGRAM_START.withinMs + healthyAfterMs(settings.health, pace),
    healthGraceMs: PROGRAM_START.graceMs,
    timer: (ms) => timer(ms, pace),
  });
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
