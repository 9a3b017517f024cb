import { field, isTrue, items, leastLength, numberOf, textOf } from "../template.ts";
import type { Estate, Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const TASK = "AWS::ECS::TaskDefinition";
const SERVICE = "AWS::ECS::Service";
const LISTENERS = ["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"];

/** Memory in MiB that Fargate gives to so many thousandths of a processor: least, most, step. 512 is 256's own. */
const FARGATE: Readonly<Record<number, readonly [min: number, max: number, step: number]>> = {
  256: [512, 2_048, 512],
  512: [1_024, 4_096, 1_024],
  1_024: [2_048, 8_192, 1_024],
  2_048: [4_096, 16_384, 1_024],
  4_096: [8_192, 30_720, 1_024],
  8_192: [16_384, 61_440, 4_096],
  16_384: [32_768, 122_880, 8_192],
};

function isFargateSize(cpu: number, memory: number): boolean {
  const range = FARGATE[cpu];
  if (range === undefined || (cpu === 256 && memory === 1_536)) return false;
  return memory >= range[0] && memory <= range[1] && (memory - range[0]) % range[2] === 0;
}

const tasks: readonly Refusal[] = [
  refusalOf(
    TASK,
    [
      "ecs-fargate-size",
      "Fargate has certain sizes of memory for each size of processor",
      "AmazonECS/latest/developerguide/fargate-tasks-services.html",
    ],
    ({ properties }) => {
      if (!items(properties["RequiresCompatibilities"]).includes("FARGATE")) return [];
      const [cpu, memory] = [numberOf(properties["Cpu"]), numberOf(properties["Memory"])];
      if (cpu !== undefined && memory !== undefined && isFargateSize(cpu, memory)) return [];
      return [["Properties.Memory", `${textOf(properties["Memory"])} MiB with ${textOf(properties["Cpu"])} units`]];
    },
  ),
  refusalOf(
    TASK,
    [
      "ecs-fargate-network",
      "a task on Fargate has a network interface of its own (awsvpc)",
      "AmazonECS/latest/developerguide/task_definition_parameters.html",
    ],
    ({ properties }) =>
      items(properties["RequiresCompatibilities"]).includes("FARGATE") && properties["NetworkMode"] !== "awsvpc"
        ? [["Properties.NetworkMode", textOf(properties["NetworkMode"])]]
        : [],
  ),
  refusalOf(
    TASK,
    [
      "ecs-awsvpc-host-port",
      "in awsvpc a container's host port is its own port",
      "AmazonECS/latest/APIReference/API_PortMapping.html",
    ],
    ({ properties }) =>
      properties["NetworkMode"] !== "awsvpc"
        ? []
        : items(properties["ContainerDefinitions"]).flatMap((container, at) =>
            items(field(container, "PortMappings"))
              .filter((port) => numberOf(field(port, "HostPort")) !== undefined)
              .filter((port) => numberOf(field(port, "HostPort")) !== numberOf(field(port, "ContainerPort")))
              .map(() => [`Properties.ContainerDefinitions.${at}.PortMappings`, "another host port"] as const),
          ),
  ),
  refusalOf(
    TASK,
    [
      "ecs-secrets-without-role",
      "secrets and ECR images need an execution role",
      "AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    ],
    ({ properties }) => {
      const secrets = items(properties["ContainerDefinitions"]).some(
        (container) => items(field(container, "Secrets")).length > 0,
      );
      return secrets && properties["ExecutionRoleArn"] === undefined
        ? [["Properties.ExecutionRoleArn", "missing, with secrets"]]
        : [];
    },
  ),
];

const services: readonly Refusal[] = [
  refusalOf(
    SERVICE,
    [
      "ecs-deployment-blocked",
      "with 100 percent as the least and the most, no deployment can begin",
      "AmazonECS/latest/APIReference/API_DeploymentConfiguration.html",
    ],
    ({ properties }) => {
      const least = numberOf(field(properties, "DeploymentConfiguration.MinimumHealthyPercent")) ?? 100;
      const most = numberOf(field(properties, "DeploymentConfiguration.MaximumPercent")) ?? 200;
      return most <= least || most <= 0
        ? [["Properties.DeploymentConfiguration", `least ${least}, most ${most} percent`]]
        : [];
    },
  ),
  refusalOf(
    SERVICE,
    [
      "ecs-rebalancing",
      "rebalancing over zones starts a task before it stops one, so more than 100 percent must be allowed",
      "AmazonECS/latest/developerguide/service-rebalancing.html",
    ],
    ({ properties }) => {
      const most = numberOf(field(properties, "DeploymentConfiguration.MaximumPercent")) ?? 200;
      return properties["AvailabilityZoneRebalancing"] === "ENABLED" && most <= 100
        ? [["Properties.AvailabilityZoneRebalancing", `most ${most} percent`]]
        : [];
    },
  ),
  refusalOf(
    SERVICE,
    [
      "ecs-breaker-controller",
      "the deployment circuit breaker belongs to ECS's own deployments",
      "AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    ],
    ({ properties }) => {
      const type = field(properties, "DeploymentController.Type") ?? "ECS";
      return field(properties, "DeploymentConfiguration.DeploymentCircuitBreaker.Enable") === true && type !== "ECS"
        ? [["Properties.DeploymentController", textOf(type)]]
        : [];
    },
  ),
  refusalOf(
    SERVICE,
    [
      "ecs-target-type",
      "tasks with network interfaces of their own are targets by address",
      "AmazonECS/latest/developerguide/service-load-balancing.html",
    ],
    ({ properties, stack }, estate) => {
      const task = estate.target(properties["TaskDefinition"], stack);
      if (task?.properties["NetworkMode"] !== "awsvpc") return [];
      return targetGroups(properties, stack, estate)
        .filter((group) => group.properties["TargetType"] !== "ip")
        .map((group) => ["Properties.LoadBalancers", `${group.logicalId} is not of type ip`]);
    },
  ),
  refusalOf(
    SERVICE,
    [
      "ecs-target-group-without-listener",
      "a service's target group has a load balancer before the service is made",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html",
    ],
    ({ properties, stack, dependsOn }, estate) =>
      targetGroups(properties, stack, estate).flatMap((group) => {
        const listeners = estate.of(...LISTENERS).filter((each) => forwardsTo(each, group, estate));
        const ready = listeners.some((each) => each.stack !== stack || dependsOn.includes(each.logicalId));
        return ready ? [] : [["DependsOn", `no listener that forwards to ${group.logicalId}`] as const];
      }),
  ),
  refusal(
    "desired-count",
    "a count in a template sets back what scaling made of it, on every deployment",
    "AmazonECS/latest/developerguide/service-auto-scaling.html",
    (estate) =>
      [
        [SERVICE, "DesiredCount"],
        ["AWS::AutoScaling::AutoScalingGroup", "DesiredCapacity"],
        ["AWS::EKS::Nodegroup", "ScalingConfig.DesiredSize"],
      ].flatMap(([type, path]) =>
        estate
          .of(type!)
          .filter(({ properties }) => field(properties, path!) !== undefined)
          .map((resource) => ({ resource, path: `Properties.${path}`, message: "leave it to scaling" })),
      ),
  ),
];

function targetGroups(properties: Resource["properties"], stack: string, estate: Estate): readonly Resource[] {
  return items(properties["LoadBalancers"])
    .map((each) => estate.target(field(each, "TargetGroupArn"), stack))
    .filter((each) => each !== undefined);
}

function forwardsTo({ properties, stack }: Resource, group: Resource, estate: Estate): boolean {
  return [...items(properties["DefaultActions"]), ...items(properties["Actions"])].some((action) => {
    const several = items(field(action, "ForwardConfig.TargetGroups")).map((each) => field(each, "TargetGroupArn"));
    return [field(action, "TargetGroupArn"), ...several].some((value) => estate.target(value, stack) === group);
  });
}

const scaling: readonly Refusal[] = [
  refusal(
    "scaling-range",
    "the least of what scales is not above the most",
    "autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    (estate) =>
      [
        ["AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity", "MaxCapacity"],
        ["AWS::AutoScaling::AutoScalingGroup", "MinSize", "MaxSize"],
        ["AWS::EKS::Nodegroup", "ScalingConfig.MinSize", "ScalingConfig.MaxSize"],
      ].flatMap(([type, least, most]) =>
        estate
          .of(type!)
          .filter(
            ({ properties }) =>
              (numberOf(field(properties, least!)) ?? 0) > (numberOf(field(properties, most!)) ?? Infinity),
          )
          .map((resource) => ({ resource, path: `Properties.${least}`, message: `above ${most}` })),
      ),
  ),
  refusal(
    "scaling-policy-twice",
    "one thing has one target-tracking policy for a predefined metric",
    "autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    (estate) => {
      const seen = new Set<string>();
      return estate.of("AWS::ApplicationAutoScaling::ScalingPolicy").flatMap((resource) => {
        const { properties, stack } = resource;
        const metric = field(properties, "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification");
        const target = properties["ScalingTargetId"] ?? properties["ResourceId"];
        const key = `${stack} ${textOf(target)} ${textOf(field(metric, "PredefinedMetricType"))}`;
        const again = metric !== undefined && seen.has(key);
        seen.add(key);
        return again ? [{ resource, path: "Properties", message: "a second policy for this metric" }] : [];
      });
    },
  ),
];

const names: readonly Refusal[] = [
  refusalOf(
    ["AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup"],
    [
      "elb-name",
      "a balancer's and a target group's name has at most 32 letters, digits and inner hyphens",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html",
    ],
    ({ properties }) => {
      const name = properties["Name"];
      if (name === undefined) return [];
      const literal = typeof name === "string";
      const wrong = literal && (!/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name) || name.startsWith("internal-"));
      return wrong || leastLength(name) > 32 ? [["Properties.Name", textOf(name)]] : [];
    },
  ),
  refusalOf(
    "AWS::ECS::Cluster",
    [
      "ecs-execute-command-log",
      "logging of commands in containers that is switched on by hand names where it goes",
      "AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html",
    ],
    ({ properties }) => {
      const command = field(properties, "Configuration.ExecuteCommandConfiguration");
      const where = field(command, "LogConfiguration");
      return field(command, "Logging") === "OVERRIDE" && !isTrue(where !== undefined)
        ? [["Properties.Configuration.ExecuteCommandConfiguration", "OVERRIDE without LogConfiguration"]]
        : [];
    },
  ),
];

/** What ECS and scaling refuse. */
export const COMPUTE: readonly Refusal[] = [...tasks, ...services, ...scaling, ...names];
