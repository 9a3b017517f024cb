import { every, not } from "../../../base/answer.ts";
import { isOneOf } from "../../evaluate/judge.ts";
import { keyOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { SCALABLE_TARGET, isCalled, serviceOf } from "./service.ts";

const METRIC = "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType";
const OF_USE = ["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"];

/** Whether a service's tasks may take messages off a queue, by the policies of their role. */
function readsQueue(service: Resource, model: Model): boolean {
  const role = model.target(model.target(service.at("TaskDefinition"))?.at("TaskRoleArn"));
  if (role === undefined) return false;
  const attached = model.mentionsOf(role, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy").map(({ from }) => from);
  const documents = [role.at("Policies"), ...attached.map((policy) => policy.at("PolicyDocument"))];
  return documents.some((document) => /sqs:(ReceiveMessage|\*)/i.test(keyOf(document)));
}

/** Rules about workers that take messages off a queue. */
export const BACKLOG: readonly Rule[] = [
  resourceRule({
    id: "ecs-queue-scaling",
    title: "workers of a queue are scaled by their processors, and not by what waits in it",
    severity: "low",
    loss: "load",
    practice: "REL07-BP03",
    type: SCALABLE_TARGET,
    judge: (target, model) => {
      const service = serviceOf(target, model);
      const policies = model.mentionsOf(target, "AWS::ApplicationAutoScaling::ScalingPolicy").map(({ from }) => from);
      if (service === undefined || policies.length === 0 || !readsQueue(service, model)) return undefined;
      const values = policies.map((policy) => policy.at(METRIC));
      const wrong = every([not(isCalled(service)), ...values.map((value) => isOneOf(value, OF_USE))]);
      return judged(wrong, `follows ${values.map(shown).join(" and ")}, and its tasks take messages off a queue`, {
        value: values[0],
      });
    },
    why: "Tasks that wait for something slow use little processor: the queue grows, and nothing adds a task.",
    fix: "scale by the queue's backlog for each task, in a `CustomizedMetricSpecification`",
    source: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html",
  }),
];
