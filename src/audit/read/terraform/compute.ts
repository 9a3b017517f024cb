import type { Json } from "../document.ts";
import { type Family, type Sources, alike, gathered, inner, inners, made, same, sameList } from "./translation.ts";

const LAUNCH: Sources = {
  LaunchTemplateId: made("id", (block) => block.value("id") ?? block.value("launch_template_id")),
  LaunchTemplateName: made("name", (block) => block.value("name") ?? block.value("launch_template_name")),
  Version: same("version"),
};

const USER_DATA = made("user_data", (block) => block.script("user_data") ?? block.script("user_data_base64"));

/** What a launch template says of the instances that are started from it. */
const LAUNCHED: Sources = {
  ...alike("InstanceType"),
  IamInstanceProfile: inner("iam_instance_profile", alike("Arn", "Name")),
  InstanceMarketOptions: inner("instance_market_options", alike("MarketType")),
  InstanceRequirements: inner("instance_requirements", {}),
  MaintenanceOptions: inner("maintenance_options", alike("AutoRecovery")),
  NetworkInterfaces: inners("network_interfaces", alike("SubnetId")),
  SecurityGroupIds: sameList("vpc_security_group_ids"),
  UserData: USER_DATA,
};

const HOOK: Sources = alike("LifecycleTransition", "HeartbeatTimeout");

/** Instances and Auto Scaling groups. */
export const COMPUTE: Family = {
  translations: {
    aws_instance: {
      type: "AWS::EC2::Instance",
      properties: {
        ...alike("AvailabilityZone", "IamInstanceProfile", "InstanceType", "SubnetId"),
        ImageId: same("ami"),
        LaunchTemplate: inner("launch_template", LAUNCH),
        NetworkInterfaces: inners("network_interface", { NetworkInterfaceId: same("network_interface_id") }),
        PlacementGroupName: same("placement_group"),
        SecurityGroupIds: sameList("vpc_security_group_ids"),
        UserData: USER_DATA,
      },
    },
    aws_launch_template: {
      type: "AWS::EC2::LaunchTemplate",
      properties: {
        LaunchTemplateName: same("name"),
        LaunchTemplateData: gathered("launch_template", LAUNCHED),
      },
    },
    aws_launch_configuration: {
      type: "AWS::AutoScaling::LaunchConfiguration",
      properties: {
        ...alike("IamInstanceProfile", "InstanceType", "SpotPrice"),
        SecurityGroups: sameList("security_groups"),
        UserData: USER_DATA,
      },
    },
    aws_placement_group: { type: "AWS::EC2::PlacementGroup", properties: alike("Strategy") },
    aws_autoscaling_group: {
      type: "AWS::AutoScaling::AutoScalingGroup",
      properties: {
        ...alike("DesiredCapacity", "HealthCheckGracePeriod", "HealthCheckType", "MaxSize", "MinSize"),
        PlacementGroup: same("placement_group"),
        AutoScalingGroupName: same("name"),
        AvailabilityZones: sameList("availability_zones"),
        CapacityRebalance: same("capacity_rebalance"),
        LaunchConfigurationName: same("launch_configuration"),
        LaunchTemplate: inner("launch_template", LAUNCH),
        LifecycleHookSpecificationList: inners("initial_lifecycle_hook", HOOK),
        LoadBalancerNames: sameList("load_balancers"),
        MixedInstancesPolicy: inner("mixed_instances_policy", {
          InstancesDistribution: inner("instances_distribution", {
            ...alike("OnDemandBaseCapacity", "OnDemandPercentageAboveBaseCapacity", "SpotAllocationStrategy"),
          }),
          LaunchTemplate: inner("launch_template", {
            LaunchTemplateSpecification: inner("launch_template_specification", LAUNCH),
            Overrides: inners("override", {
              ...alike("InstanceType", "WeightedCapacity"),
              InstanceRequirements: inner("instance_requirements", {}),
            }),
          }),
        }),
        Tags: inners("tag", alike("Key", "Value", "PropagateAtLaunch")),
        TargetGroupARNs: sameList("target_group_arns"),
        TrafficSources: inners("traffic_source", alike("Identifier", "Type")),
        VPCZoneIdentifier: sameList("vpc_zone_identifier"),
      },
    },
    aws_autoscaling_policy: {
      type: "AWS::AutoScaling::ScalingPolicy",
      properties: {
        AutoScalingGroupName: same("autoscaling_group_name"),
        PolicyType: same("policy_type"),
        TargetTrackingConfiguration: inner("target_tracking_configuration", {
          TargetValue: same("target_value"),
          PredefinedMetricSpecification: inner("predefined_metric_specification", alike("PredefinedMetricType")),
          CustomizedMetricSpecification: inner("customized_metric_specification", alike("MetricName", "Namespace")),
        }),
      },
    },
    aws_autoscaling_schedule: {
      type: "AWS::AutoScaling::ScheduledAction",
      properties: {
        ...alike("DesiredCapacity", "MaxSize", "MinSize"),
        AutoScalingGroupName: same("autoscaling_group_name"),
        Recurrence: same("recurrence"),
      },
    },
    aws_autoscaling_lifecycle_hook: {
      type: "AWS::AutoScaling::LifecycleHook",
      properties: { ...HOOK, AutoScalingGroupName: same("autoscaling_group_name") },
    },
    aws_eip: {
      type: "AWS::EC2::EIP",
      properties: { InstanceId: same("instance"), NetworkInterfaceId: same("network_interface") },
    },
    aws_eip_association: {
      type: "AWS::EC2::EIPAssociation",
      properties: alike("AllocationId", "InstanceId", "NetworkInterfaceId"),
    },
    aws_network_interface: { type: "AWS::EC2::NetworkInterface", properties: alike("SubnetId") },
  },
  attachments: {
    aws_autoscaling_attachment: {
      of: "aws_autoscaling_group",
      to: "autoscaling_group_name",
      properties: {
        LoadBalancerNames: made("load_balancers", (block) => oneOf(block.value("elb"))),
        TargetGroupARNs: made("target_group_arns", (block) =>
          oneOf(block.value("lb_target_group_arn") ?? block.value("alb_target_group_arn")),
        ),
      },
    },
  },
};

function oneOf(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : [value];
}
