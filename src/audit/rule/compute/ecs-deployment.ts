import { every, not, some } from "../../../base/answer.ts";
import { hasElement, isNumber, isSet, isTrue } from "../../evaluate/judge.ts";
import { shown } from "../../evaluate/value.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { SERVICE, hasLeast, isCalled, isDaemon, isExternal, isRolling, leastTasksOf } from "./service.ts";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
const DEPLOYMENT = "DeploymentConfiguration";
const BREAKER = `${DEPLOYMENT}.DeploymentCircuitBreaker`;

/** Rules about what a new version of a service can do to it. */
export const ECS_DEPLOYMENT: readonly Rule[] = [
  resourceRule({
    id: "ecs-circuit-breaker",
    title: "a bad version of a service is not rolled back",
    severity: "medium",
    loss: "change",
    practice: "REL08-BP05",
    type: SERVICE,
    judge: (service) => {
      const value = service.at(BREAKER);
      const rolledBack = some([
        every([isTrue(service.at(`${BREAKER}.Enable`)), isTrue(service.at(`${BREAKER}.Rollback`))]),
        every([isTrue(service.at(`${DEPLOYMENT}.Alarms.Enable`)), isTrue(service.at(`${DEPLOYMENT}.Alarms.Rollback`))]),
      ]);
      const wrong = every([isRolling(service), not(rolledBack)]);
      return judged(wrong, `DeploymentCircuitBreaker is ${shown(value)}`, { at: BREAKER, value });
    },
    why: "A version that does not start is started again for hours, and the deployment neither ends nor goes back.",
    fix: "set `DeploymentConfiguration.DeploymentCircuitBreaker` to Enable and Rollback true",
    source: `${GUIDE}/deployment-circuit-breaker.html`,
  }),
  resourceRule({
    id: "ecs-minimum-healthy",
    title: "a deployment leaves a small service with one task, or with none",
    severity: "medium",
    loss: "change",
    practice: "REL08-BP05",
    type: SERVICE,
    judge: (service, model) => {
      const at = `${DEPLOYMENT}.MinimumHealthyPercent`;
      const value = service.at(at);
      const { value: tasks } = leastTasksOf(service, model);
      const left = (count: number) =>
        isNumber(value, (percent) => Math.ceil((count * percent) / 100) < Math.min(count, 2));
      const small = [1, 2].map((count) => every([hasLeast(service, model, (least) => least === count), left(count)]));
      const wrong = every([isCalled(service), not(isDaemon(service)), isRolling(service), some(small)]);
      return judged(wrong, `may stop all but ${shown(value)}% of ${shown(tasks)} while it deploys`, { at, value });
    },
    why: "While it deploys there is no second task, or none at all: customers are refused, or one loss away from it.",
    fix: "set `DeploymentConfiguration.MinimumHealthyPercent` to 100",
    source: `${GUIDE}/service_definition_parameters.html`,
  }),
  resourceRule({
    id: "ecs-grace-period",
    title: "tasks behind a balancer have no time to start",
    severity: "low",
    loss: "change",
    practice: "REL11-BP01",
    type: SERVICE,
    judge: (service) => {
      const at = "HealthCheckGracePeriodSeconds";
      const value = service.at(at);
      const none = some([not(isSet(value)), isNumber(value, (seconds) => seconds === 0)]);
      const wrong = every([hasElement(service.at("LoadBalancers")), not(isExternal(service)), none]);
      return judged(wrong, `HealthCheckGracePeriodSeconds is ${shown(value)}`, { at, value });
    },
    why: "A task that starts more slowly than the balancer loses patience is replaced before it is ready, for ever.",
    fix: "set `HealthCheckGracePeriodSeconds` to the seconds that a task takes to start, with some to spare",
    source: `${GUIDE}/load-balancer-healthcheck.html`,
  }),
];
