import { type Answer, every, not, some } from "../../../base/answer.ts";
import { split } from "../../evaluate/text.ts";
import { hasElement, isNumber, isOneOf } from "../../evaluate/judge.ts";
import { type Value, isList, keyOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";

/** CloudFormation's type of an ECS service. */
export const SERVICE = "AWS::ECS::Service";
/** CloudFormation's type of what Application Auto Scaling scales. */
export const SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget";

/** Whether requests arrive at a service: from a balancer, or by a name that it is registered under. */
export function isCalled(service: Resource): Answer {
  return some(
    ["LoadBalancers", "ServiceRegistries", "VpcLatticeConfigurations", "ServiceConnectConfiguration.Services"].map(
      (property) => hasElement(service.at(property)),
    ),
  );
}

/** Whether a service has a task on each instance, and so as many as there are. */
export function isDaemon(service: Resource): Answer {
  return isOneOf(service.at("SchedulingStrategy"), ["DAEMON"]);
}

/** Whether its deployments are another program's: its task sets then say where and how many. */
export function isExternal(service: Resource): Answer {
  return isOneOf(service.at("DeploymentController.Type"), ["EXTERNAL"]);
}

/** Whether ECS itself deploys it, by rolling updates. */
export function isRolling(service: Resource): Answer {
  return every([
    not(isOneOf(service.at("DeploymentController.Type"), ["EXTERNAL", "CODE_DEPLOY"])),
    not(isOneOf(service.at("DeploymentConfiguration.Strategy"), ["BLUE_GREEN", "LINEAR", "CANARY"])),
  ]);
}

/** What scales a service. */
export interface Scaling {
  readonly targets: readonly Resource[];
  /** Whether there is a target in its template of which nobody can say which service it scales. */
  readonly open: boolean;
}

interface Scalings {
  readonly byService: ReadonlyMap<string, readonly Resource[]>;
  readonly serviceOf: ReadonlyMap<string, Resource>;
  readonly openTemplates: ReadonlySet<string>;
}

/** What scales a service. */
export function scalingOf(service: Resource, model: Model): Scaling {
  const { byService, openTemplates } = scalingsOf(model);
  return { targets: byService.get(service.key) ?? [], open: openTemplates.has(service.template.name) };
}

/** The service that a scalable target scales; undefined where it is none of these files', or none at all. */
export function serviceOf(target: Resource, model: Model): Resource | undefined {
  return scalingsOf(model).serviceOf.get(target.key);
}

/** Whether a scalable target is about the number of an ECS service's tasks. */
export function isOfTasks(target: Resource): Answer {
  return isOneOf(target.at("ScalableDimension"), ["ecs:service:DesiredCount"]);
}

const scalingsOf = derived((model): Scalings => {
  // Files that are alternatives to each other call their services the same: those of one's own template come first.
  const byName = new Map<string, Resource>();
  for (const service of model.of(SERVICE)) {
    const name = service.at("ServiceName");
    if (name === undefined) continue;
    byName.set(keyOf(name), service);
    byName.set(`${service.template.name} ${keyOf(name)}`, service);
  }
  const found = new Map<string, Resource>();
  const openTemplates = new Set<string>();
  for (const target of model.of(SCALABLE_TARGET)) {
    if (isOfTasks(target) === "no") continue;
    const named = nameOf(target.at("ResourceId"));
    const service =
      model.targets(target.at("ResourceId")).find(({ type }) => type === SERVICE) ??
      (named === undefined
        ? undefined
        : (byName.get(`${target.template.name} ${keyOf(named)}`) ?? byName.get(keyOf(named))));
    if (service === undefined) openTemplates.add(target.template.name);
    else found.set(target.key, service);
  }
  const byService = Map.groupBy(
    model.of(SCALABLE_TARGET).filter(({ key }) => found.has(key)),
    ({ key }) => found.get(key)?.key ?? "",
  );
  return { byService, serviceOf: found, openTemplates };
});

/** The name in `service/cluster/name`. */
function nameOf(id: Value | undefined): Value | undefined {
  const parts = split(id, "/");
  return isList(parts) ? parts.at(-1) : undefined;
}

/** The number of tasks that a service comes down to, and where it is said: 1 where nobody says it. */
export interface LeastTasks {
  readonly from: Resource;
  readonly at: "DesiredCount" | "MinCapacity";
  readonly value: Value | undefined;
}

/** A service that is scaled comes down to its target's least; another stays at what is asked for. */
export function leastTasksOf(service: Resource, model: Model): LeastTasks {
  const [target] = scalingOf(service, model).targets;
  if (target !== undefined) return { from: target, at: "MinCapacity", value: target.at("MinCapacity") };
  return { from: service, at: "DesiredCount", value: service.at("DesiredCount") ?? 1 };
}

/** Whether the number of tasks passes a test. */
export function hasLeast(service: Resource, model: Model, test: (tasks: number) => boolean): Answer {
  return isNumber(leastTasksOf(service, model).value, test);
}
