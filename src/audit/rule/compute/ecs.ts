import { type Answer, every, not, some } from "../../../base/answer.ts";
import { elementsOf, hasElement, isNumber, isOneOf, isSet, judge } from "../../evaluate/judge.ts";
import { partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { zonesOf } from "../../model/zone.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, propertyRule, resourceRule, unknown } from "../table.ts";
import { firstPlace, zonalRule } from "../zonal.ts";
import { isLeastOfOne, needsOfLeast } from "./least.ts";
import {
  SCALABLE_TARGET,
  SERVICE,
  hasLeast,
  isCalled,
  isDaemon,
  isExternal,
  isOfTasks,
  leastTasksOf,
  scalingOf,
  serviceOf,
} from "./service.ts";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
const SUBNETS = "NetworkConfiguration.AwsvpcConfiguration.Subnets";

const placeOf = (service: Resource) => firstPlace(service, SUBNETS);

/** What is wrong with a service of one task that nothing scales; one of none is off, and not meant. */
function lacksSecondTask(service: Resource, model: Model, meant: Answer): Verdict {
  const { targets, open } = scalingOf(service, model);
  if (targets.length > 0) return undefined;
  const at = "DesiredCount";
  const value = service.at(at);
  const one = isNumber(value ?? 1, (tasks) => tasks === 1);
  const wrong = every([meant, one, not(isDaemon(service)), not(isExternal(service))]);
  const message = `runs one task: DesiredCount is ${value === undefined ? "not set, which means 1" : shown(value)}`;
  if (wrong === "yes" && open) return unknown(`${message}, unless a scalable target of this template is its own`, at);
  return judged(wrong, message, { at, value });
}

const TASKS: readonly Rule[] = [
  resourceRule({
    id: "ecs-desired-count",
    title: "a service that serves requests has one task",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: SERVICE,
    judge: (service, model) => lacksSecondTask(service, model, isCalled(service)),
    why: "When the only task or its host is lost, nobody is served until another has started.",
    fix: "set `DesiredCount` to 2 or more, or scale the service from a minimum of 2",
    source: `${GUIDE}/service_definition_parameters.html`,
  }),
  resourceRule({
    id: "ecs-worker-desired-count",
    title: "a service of workers has one task",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP02",
    type: SERVICE,
    judge: (service, model) =>
      isOneAtATime(service) ? undefined : lacksSecondTask(service, model, not(isCalled(service))),
    why: "When the only task or its host is lost, its work waits until another has started.",
    fix: "set `DesiredCount` to 2 or more, if two can run side by side",
    source: `${GUIDE}/service_definition_parameters.html`,
  }),
  resourceRule({
    id: "ecs-min-capacity",
    title: "a service that serves requests may be scaled down to one task",
    severity: "high",
    loss: "instance",
    practice: "REL11-BP02",
    type: SCALABLE_TARGET,
    judge: (target, model) => {
      const at = "MinCapacity";
      const value = target.at(at);
      const wrong = every([isOfTasks(target), isLeastOfOne(value)]);
      const message = `may leave a service no second task: MinCapacity is ${shown(value)}`;
      const service = serviceOf(target, model);
      if (wrong === "yes" && service === undefined) {
        return unknown(
          `${message}; it depends on whether the service serves requests, which is not in these files`,
          at,
        );
      }
      if (wrong === "yes" && hasElement(target.at("ScheduledActions")) !== "no") {
        return unknown(`${message}, unless its scheduled actions raise it`, at);
      }
      const called = service === undefined ? "unknown" : isCalled(service);
      return judged(every([wrong, called]), message, { at, value, ...needsOfLeast(value) });
    },
    why: "At night, or whenever little is asked for, one task is left; when it is lost, nobody is served.",
    fix: "set `MinCapacity` to 2 or more",
    source: `${GUIDE}/service-auto-scaling.html`,
  }),
  resourceRule({
    id: "ecs-min-capacity-per-zone",
    title: "a service may have fewer tasks than zones",
    severity: "low",
    loss: "zone",
    applies: "tier0",
    practice: "REL11-BP05",
    type: SERVICE,
    judge: (service, model) => {
      const { atLeast: zones } = zonesOf(service.at(SUBNETS), model);
      const { at, value } = leastTasksOf(service, model);
      const wrong = every([isCalled(service), hasLeast(service, model, (tasks) => tasks >= 2 && tasks < zones)]);
      return judged(wrong, `has ${zones} zones, and ${at} is ${shown(value)}`, { value });
    },
    why: "Some zones then have no task, and the loss of one that has takes more than its share.",
    fix: "set `DesiredCount`, or the scalable target's `MinCapacity`, to the number of zones at least",
    source: "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
  }),
  resourceRule({
    id: "ecs-scaling",
    title: "a service behind a balancer is not scaled",
    severity: "medium",
    loss: "load",
    practice: "REL07-BP01",
    type: SERVICE,
    judge: (service, model) => {
      const { targets, open } = scalingOf(service, model);
      if (targets.length > 0) return undefined;
      const wrong = every([
        hasElement(service.at("LoadBalancers")),
        not(isDaemon(service)),
        not(isNumber(service.at("DesiredCount"), (tasks) => tasks === 0)),
      ]);
      const message = "serves requests, and no scalable target names it";
      return wrong === "yes" && open ? unknown(`${message} for certain`) : judged(wrong, message);
    },
    why: "Under more load than its tasks bear, or with a zone of them lost, nothing adds another.",
    fix: "add an `AWS::ApplicationAutoScaling::ScalableTarget` with a policy of target tracking",
    source: `${GUIDE}/service-auto-scaling.html`,
  }),
];

/** Whether a deployment stops the old task before it starts the new one: what must never run twice. */
function isOneAtATime(service: Resource): boolean {
  return isNumber(service.at("DeploymentConfiguration.MaximumPercent"), (percent) => percent <= 100) === "yes";
}

/** Whether a list of strategies spreads tasks over zones. */
function spreadsZones(service: Resource): Answer {
  const { elements, whole } = elementsOf(service.at("PlacementStrategies"));
  const spread = some(
    elements.map((strategy) =>
      every([
        isOneOf(partOf(strategy, "Type"), ["spread"]),
        judge(partOf(strategy, "Field"), (field) => typeof field === "string" && /availability-zone$/i.test(field)),
      ]),
    ),
  );
  return whole ? spread : some([spread, "unknown"]);
}

const PLACES: readonly Rule[] = [
  zonalRule({
    id: "ecs-zones",
    title: "an ECS service stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: SERVICE,
    place: placeOf,
    unless: isExternal,
    why: "With its zone every task is gone, and none may start elsewhere.",
    fix: "set `NetworkConfiguration.AwsvpcConfiguration.Subnets` to subnets of two zones or more",
    source: `${GUIDE}/service-rebalancing.html`,
  }),
  resourceRule({
    id: "ecs-placement-spread",
    title: "tasks on EC2 are not spread over zones",
    severity: "medium",
    loss: "zone",
    practice: "REL10-BP01",
    type: SERVICE,
    judge: (service) => {
      const at = "PlacementStrategies";
      const value = service.at(at);
      const wrong = every([hasElement(value), not(spreadsZones(service)), not(isDaemon(service))]);
      return judged(wrong, `places tasks by ${shown(value)}, wherever their zones are`, { at, value });
    },
    why: "All tasks may come to stand in one zone, and be lost with it.",
    fix: "begin `PlacementStrategies` with spread over attribute:ecs.availability-zone",
    source: `${GUIDE}/task-placement-strategies.html`,
  }),
  propertyRule({
    id: "ecs-zone-rebalancing",
    title: "a service stays lopsided after the loss of a zone",
    severity: "low",
    loss: "zone",
    practice: "REL11-BP03",
    type: SERVICE,
    property: "AvailabilityZoneRebalancing",
    holds: (value) => not(isOneOf(value, ["DISABLED"])),
    why: "After a zone has come back its tasks stay where they fled to, and the next loss takes more of them.",
    fix: "set `AvailabilityZoneRebalancing` to ENABLED",
    source: `${GUIDE}/service-rebalancing.html`,
  }),
  resourceRule({
    id: "ecs-spot-only",
    title: "a service runs on Fargate Spot alone",
    severity: "medium",
    loss: "instance",
    practice: "REL11-BP02",
    type: SERVICE,
    judge: (service, model) => {
      const at = "CapacityProviderStrategy";
      const own = service.at(at);
      const used =
        isSet(own) === "no" && isSet(service.at("LaunchType")) === "no" ? strategyOfCluster(service, model) : own;
      const { elements, whole } = elementsOf(used);
      if (!whole || elements.length === 0) return undefined;
      const spot = elements.map((each) => isOneOf(partOf(each, "CapacityProvider"), ["FARGATE_SPOT"]));
      const idle = elements.map((each) => isIdle(each));
      const wrong = every([some(spot), ...spot.map((each, place) => some([each, idle[place] ?? "no"]))]);
      return judged(wrong, `runs on Fargate Spot alone: CapacityProviderStrategy is ${shown(used)}`, {
        at,
        value: used,
      });
    },
    why: "When AWS needs the capacity it takes all tasks back at two minutes' notice, and has none to start.",
    fix: "give FARGATE a `Base` of 2 in `CapacityProviderStrategy`",
    source: `${GUIDE}/fargate-capacity-providers.html`,
  }),
];

/** Whether a provider of a strategy gets no task: it has neither a weight nor a base. */
function isIdle(provider: Parameters<typeof partOf>[0]): Answer {
  return every(["Weight", "Base"].map((name) => isNumber(partOf(provider, name) ?? 0, (number) => number === 0)));
}

/** What a cluster's services run on that do not say it themselves. */
function strategyOfCluster(service: Resource, model: Model) {
  const cluster = model.target(service.at("Cluster"));
  if (cluster === undefined) return undefined;
  const [association] = model.mentionsOf(cluster, "AWS::ECS::ClusterCapacityProviderAssociations");
  return (association?.from ?? cluster).at("DefaultCapacityProviderStrategy");
}

const LOGS: readonly Rule[] = [
  resourceRule({
    id: "ecs-log-mode",
    title: "a container waits until its log is taken",
    severity: "medium",
    loss: "instance",
    practice: "REL05-BP01",
    type: "AWS::ECS::TaskDefinition",
    judge: (definition) =>
      elementsOf(definition.at("ContainerDefinitions")).elements.map((container, place): Verdict => {
        const at = `ContainerDefinitions.${place}.LogConfiguration.Options.mode`;
        const value = partOf(container, "LogConfiguration.Options.mode");
        const wrong = every([
          isOneOf(partOf(container, "LogConfiguration.LogDriver"), ["awslogs"]),
          isOneOf(value, ["blocking"]),
        ]);
        return judged(wrong, `container ${shown(partOf(container, "Name"))} logs in mode ${shown(value)}`, {
          at,
          value,
        });
      }),
    why: "While CloudWatch Logs takes nothing, the program stops at its next line of log.",
    fix: "set `mode` to non-blocking, with a `max-buffer-size`",
    source: `${GUIDE}/using_awslogs.html`,
  }),
];

/** Rules about ECS services and their tasks. */
export const ECS: readonly Rule[] = [...TASKS, ...PLACES, ...LOGS];
