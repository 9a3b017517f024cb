import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import {
  type Family,
  type Sources,
  alike,
  gathered,
  inPascalCase,
  inner,
  inners,
  made,
  present,
  same,
  sameList,
} from "./translation.ts";

const AWSVPC: Sources = {
  Subnets: made("subnets", (block) => block.list("subnets") ?? []),
  SecurityGroups: made("security_groups", (block) => block.list("security_groups") ?? []),
  AssignPublicIp: made("assign_public_ip", (block) =>
    block.value("assign_public_ip") === true ? "ENABLED" : "DISABLED",
  ),
};

/** What a service's deployment is called. */
const DEPLOYMENT: Sources = {
  DeploymentCircuitBreaker: same("deployment_circuit_breaker"),
  MaximumPercent: same("deployment_maximum_percent"),
  MinimumHealthyPercent: same("deployment_minimum_healthy_percent"),
};

/** Where a task definition mounts a file system from. */
const EFS_VOLUME: Sources = {
  FilesystemId: same("file_system_id"),
  AuthorizationConfig: inner("authorization_config", alike("AccessPointId")),
};

/** Containers: ECS with what scales it, EKS. */
export const CONTAINERS: Family = {
  translations: {
    aws_ecs_cluster: { type: "AWS::ECS::Cluster", properties: { ClusterName: same("name") } },
    aws_ecs_task_definition: {
      type: "AWS::ECS::TaskDefinition",
      properties: {
        ...alike("Family", "NetworkMode", "TaskRoleArn"),
        ContainerDefinitions: made("container_definitions", containersOf),
        RequiresCompatibilities: sameList("requires_compatibilities"),
        Volumes: inners("volume", {
          Name: same("name"),
          EFSVolumeConfiguration: inner("efs_volume_configuration", EFS_VOLUME),
        }),
      },
    },
    aws_ecs_service: {
      type: "AWS::ECS::Service",
      properties: {
        ...alike(
          "Cluster",
          "DesiredCount",
          "HealthCheckGracePeriodSeconds",
          "LaunchType",
          "SchedulingStrategy",
          "TaskDefinition",
        ),
        AvailabilityZoneRebalancing: same("availability_zone_rebalancing"),
        CapacityProviderStrategy: inners("capacity_provider_strategy", alike("Base", "CapacityProvider", "Weight")),
        DeploymentConfiguration: made("deployment_circuit_breaker", deploymentOf, DEPLOYMENT),
        DeploymentController: inner("deployment_controller", alike("Type")),
        LoadBalancers: inners("load_balancer", {
          ...alike("ContainerName", "ContainerPort", "TargetGroupArn"),
          LoadBalancerName: same("elb_name"),
        }),
        NetworkConfiguration: inner("network_configuration", { AwsvpcConfiguration: gathered("subnets", AWSVPC) }),
        PlacementStrategies: inners("ordered_placement_strategy", alike("Field", "Type")),
        ServiceConnectConfiguration: inner("service_connect_configuration", {
          Enabled: same("enabled"),
          Services: inners("service", alike("PortName")),
        }),
        ServiceName: same("name"),
        ServiceRegistries: inners("service_registries", alike("RegistryArn")),
        VpcLatticeConfigurations: inners("vpc_lattice_configurations", alike("TargetGroupArn")),
      },
    },
    aws_ecs_cluster_capacity_providers: {
      type: "AWS::ECS::ClusterCapacityProviderAssociations",
      properties: {
        CapacityProviders: sameList("capacity_providers"),
        Cluster: same("cluster_name"),
        DefaultCapacityProviderStrategy: inners(
          "default_capacity_provider_strategy",
          alike("Base", "CapacityProvider", "Weight"),
        ),
      },
    },
    aws_ecs_capacity_provider: {
      type: "AWS::ECS::CapacityProvider",
      properties: {
        AutoScalingGroupProvider: inner("auto_scaling_group_provider", alike("AutoScalingGroupArn")),
        Name: same("name"),
      },
    },
    aws_appautoscaling_target: {
      type: "AWS::ApplicationAutoScaling::ScalableTarget",
      properties: alike("MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension", "ServiceNamespace"),
    },
    aws_appautoscaling_policy: {
      type: "AWS::ApplicationAutoScaling::ScalingPolicy",
      properties: {
        ...alike("PolicyType", "ResourceId", "ScalableDimension", "ServiceNamespace"),
        TargetTrackingScalingPolicyConfiguration: inner("target_tracking_scaling_policy_configuration", {
          TargetValue: same("target_value"),
          PredefinedMetricSpecification: inner("predefined_metric_specification", alike("PredefinedMetricType")),
        }),
      },
    },
    aws_eks_cluster: {
      type: "AWS::EKS::Cluster",
      properties: {
        Name: same("name"),
        ComputeConfig: inner("compute_config", alike("Enabled")),
        ResourcesVpcConfig: inner("vpc_config", { SubnetIds: sameList("subnet_ids") }),
        ZonalShiftConfig: inner("zonal_shift_config", { Enabled: same("enabled") }),
      },
    },
    aws_eks_node_group: {
      type: "AWS::EKS::Nodegroup",
      properties: {
        CapacityType: same("capacity_type"),
        ClusterName: same("cluster_name"),
        InstanceTypes: sameList("instance_types"),
        ScalingConfig: inner("scaling_config", alike("DesiredSize", "MaxSize", "MinSize")),
        Subnets: sameList("subnet_ids"),
        Taints: inners("taint", alike("Effect", "Key")),
      },
    },
    aws_eks_fargate_profile: {
      type: "AWS::EKS::FargateProfile",
      properties: { ClusterName: same("cluster_name"), Subnets: sameList("subnet_ids") },
    },
  },
  attachments: {
    aws_appautoscaling_scheduled_action: {
      of: "aws_appautoscaling_target",
      to: "resource_id",
      properties: {
        ScheduledActions: made("scalable_target_action", (block) => [
          { ScheduledActionName: block.value("name") ?? "" },
        ]),
      },
    },
  },
};

/** Containers are a text of JSON. As long as one of their values is not known, the text says of them what it names. */
function containersOf(block: Block): Json | undefined {
  const definitions = block.json("container_definitions");
  return Array.isArray(definitions) ? inPascalCase(definitions) : definitions && [{ Environment: definitions }];
}

function deploymentOf(block: Block) {
  const breaker = block.block("deployment_circuit_breaker");
  const alarms = block.block("alarms");
  return {
    ...present("MinimumHealthyPercent", block.value("deployment_minimum_healthy_percent")),
    ...present("MaximumPercent", block.value("deployment_maximum_percent")),
    ...present("Strategy", block.block("deployment_configuration")?.value("strategy")),
    ...(breaker && {
      DeploymentCircuitBreaker: {
        Enable: breaker.value("enable") ?? false,
        Rollback: breaker.value("rollback") ?? false,
      },
    }),
    ...(alarms && {
      Alarms: {
        AlarmNames: alarms.list("alarm_names") ?? [],
        Enable: alarms.value("enable") ?? false,
        Rollback: alarms.value("rollback") ?? false,
      },
    }),
  };
}
