import { expect, test } from "vitest";
import type { DeclaredResource } from "../../template.ts";
import { readSource } from "../source.ts";
import { templatesOfPlan } from "../terraform.ts";

type Values = Readonly<Record<string, unknown>>;

/** The resources of a plan, in which every value is known. */
function resourcesOf(planned: Readonly<Record<string, Values>>): readonly DeclaredResource[] {
  const resources = Object.entries(planned).map(([address, values]) => {
    const [type, name] = address.split(".");
    return { address, mode: "managed", type, name, values };
  });
  const text = JSON.stringify({ format_version: "1.2", planned_values: { root_module: { resources } } });
  return templatesOfPlan(readSource("plan.json", text), { region: "eu-west-1" }).flatMap((each) => each.resources);
}

function onlyOf(planned: Readonly<Record<string, Values>>): DeclaredResource {
  const [first] = resourcesOf(planned);
  expect(first).toBeDefined();
  return first!; // it was just expected
}

interface Case {
  readonly what: string;
  readonly from: Readonly<Record<string, Values>>;
  readonly type: string;
  readonly properties: Values;
}

const CASES: readonly Case[] = [
  {
    what: "the network: a subnet",
    from: { "aws_subnet.a": { availability_zone: "eu-west-1a", cidr_block: "10.0.0.0/24", tags_all: { tier: "web" } } },
    type: "AWS::EC2::Subnet",
    properties: { AvailabilityZone: "eu-west-1a", CidrBlock: "10.0.0.0/24", Tags: [{ Key: "tier", Value: "web" }] },
  },
  {
    what: "the network: a security group with the rules beside it",
    from: {
      "aws_security_group.web": {
        name: "web",
        id: "sg-12345678",
        ingress: [{ from_port: 443, to_port: 443, cidr_blocks: ["0.0.0.0/0", "10.0.0.0/8"] }],
      },
      "aws_vpc_security_group_ingress_rule.ssh": {
        security_group_id: "sg-12345678",
        from_port: 22,
        cidr_ipv4: "10.1.0.0/16",
      },
    },
    type: "AWS::EC2::SecurityGroup",
    properties: {
      GroupName: "web",
      SecurityGroupIngress: [
        { CidrIp: "0.0.0.0/0", FromPort: 443, ToPort: 443 },
        { CidrIp: "10.0.0.0/8", FromPort: 443, ToPort: 443 },
        { CidrIp: "10.1.0.0/16", FromPort: 22 },
      ],
    },
  },
  {
    what: "instances: an Auto Scaling group that is attached to a target group",
    from: {
      "aws_autoscaling_group.web": {
        name: "web",
        min_size: 2,
        vpc_zone_identifier: ["subnet-1", "subnet-2"],
        tag: [{ key: "k8s.io/cluster-autoscaler/enabled", value: "true", propagate_at_launch: true }],
        mixed_instances_policy: [
          {
            instances_distribution: [{ on_demand_percentage_above_base_capacity: 0 }],
            launch_template: [
              {
                launch_template_specification: [{ launch_template_name: "web" }],
                override: [{ instance_type: "m5.large" }, { instance_type: "m6i.large" }],
              },
            ],
          },
        ],
      },
      "aws_autoscaling_attachment.web": { autoscaling_group_name: "web", lb_target_group_arn: "arn:targets" },
    },
    type: "AWS::AutoScaling::AutoScalingGroup",
    properties: {
      AutoScalingGroupName: "web",
      MinSize: 2,
      VPCZoneIdentifier: ["subnet-1", "subnet-2"],
      Tags: [{ Key: "k8s.io/cluster-autoscaler/enabled", Value: "true", PropagateAtLaunch: true }],
      TargetGroupARNs: ["arn:targets"],
      MixedInstancesPolicy: {
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: "web" },
          Overrides: [{ InstanceType: "m5.large" }, { InstanceType: "m6i.large" }],
        },
      },
    },
  },
  {
    what: "instances: a scaling policy",
    from: { "aws_autoscaling_policy.cpu": { autoscaling_group_name: "web", policy_type: "StepScaling" } },
    type: "AWS::AutoScaling::ScalingPolicy",
    properties: { AutoScalingGroupName: "web", PolicyType: "StepScaling" },
  },
  {
    what: "containers: a task definition, a text of JSON",
    from: {
      "aws_ecs_task_definition.api": {
        family: "api",
        container_definitions: JSON.stringify([
          {
            name: "api",
            environment: [{ name: "HOST", value: "db" }],
            logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "api", mode: "blocking" } },
          },
        ]),
        volume: [{ name: "data", efs_volume_configuration: [{ file_system_id: "fs-1" }] }],
      },
    },
    type: "AWS::ECS::TaskDefinition",
    properties: {
      Family: "api",
      ContainerDefinitions: [
        {
          Name: "api",
          Environment: [{ Name: "HOST", Value: "db" }],
          LogConfiguration: { LogDriver: "awslogs", Options: { "awslogs-group": "api", mode: "blocking" } },
        },
      ],
      Volumes: [{ Name: "data", EFSVolumeConfiguration: { FilesystemId: "fs-1" } }],
    },
  },
  {
    what: "containers: a service",
    from: {
      "aws_ecs_service.api": {
        name: "api",
        desired_count: 2,
        deployment_minimum_healthy_percent: 50,
        deployment_circuit_breaker: [{ enable: true, rollback: true }],
        alarms: [{ alarm_names: ["errors"], enable: true, rollback: false }],
        network_configuration: [{ subnets: ["subnet-1"], security_groups: [], assign_public_ip: false }],
        ordered_placement_strategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
      },
    },
    type: "AWS::ECS::Service",
    properties: {
      ServiceName: "api",
      DesiredCount: 2,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 50,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: { AlarmNames: ["errors"], Enable: true, Rollback: false },
      },
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: ["subnet-1"], SecurityGroups: [], AssignPublicIp: "DISABLED" },
      },
      PlacementStrategies: [{ Field: "attribute:ecs.availability-zone", Type: "spread" }],
    },
  },
  {
    what: "balancing: a load balancer, whose settings are a list of keys and values",
    from: {
      "aws_lb.web": {
        load_balancer_type: "network",
        internal: true,
        subnets: ["subnet-1"],
        enable_deletion_protection: true,
        enable_cross_zone_load_balancing: false,
        access_logs: [{ bucket: "logs" }],
      },
    },
    type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    properties: {
      Type: "network",
      Scheme: "internal",
      Subnets: ["subnet-1"],
      LoadBalancerAttributes: [
        { Key: "deletion_protection.enabled", Value: "true" },
        { Key: "load_balancing.cross_zone.enabled", Value: "false" },
        { Key: "access_logs.s3.bucket", Value: "logs" },
      ],
    },
  },
  {
    what: "balancing: a target group with its targets",
    from: {
      "aws_lb_target_group.web": {
        arn: "arn:aws:targets",
        health_check: [{ interval: 10, unhealthy_threshold: 2, path: "/health" }],
        deregistration_delay: "60",
      },
      "aws_lb_target_group_attachment.one": { target_group_arn: "arn:aws:targets", target_id: "i-1" },
      "aws_lb_target_group_attachment.two": { target_group_arn: "arn:aws:targets", target_id: "i-2" },
    },
    type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    properties: {
      HealthCheckIntervalSeconds: 10,
      HealthCheckPath: "/health",
      UnhealthyThresholdCount: 2,
      TargetGroupAttributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "60" }],
      Targets: [{ Id: "i-1" }, { Id: "i-2" }],
    },
  },
  {
    what: "functions: a function, of which -1 is no reservation",
    from: {
      "aws_lambda_function.work": {
        function_name: "work",
        timeout: 60,
        reserved_concurrent_executions: -1,
        environment: [{ variables: { TABLE: "orders" } }],
        dead_letter_config: [{ target_arn: "arn:aws:sqs:eu-west-1:1:dead" }],
        vpc_config: [{ subnet_ids: ["subnet-1"], security_group_ids: [] }],
      },
    },
    type: "AWS::Lambda::Function",
    properties: {
      FunctionName: "work",
      Timeout: 60,
      Environment: { Variables: { TABLE: "orders" } },
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-west-1:1:dead" },
      VpcConfig: { SubnetIds: ["subnet-1"] },
    },
  },
  {
    what: "functions: an API's stage with the settings beside it, of which -1 is no limit",
    from: {
      "aws_api_gateway_stage.live": { id: "ags-1", stage_name: "live" },
      "aws_api_gateway_method_settings.all": {
        stage_name: "ags-1",
        method_path: "*/*",
        settings: [{ throttling_rate_limit: 100, throttling_burst_limit: -1 }],
      },
    },
    type: "AWS::ApiGateway::Stage",
    properties: { StageName: "live", MethodSettings: [{ HttpMethod: "*/*", ThrottlingRateLimit: 100 }] },
  },
  {
    what: "functions: a rule of EventBridge with its targets",
    from: {
      "aws_cloudwatch_event_rule.placed": { name: "placed", event_pattern: '{"source":["shop"]}', is_enabled: false },
      "aws_cloudwatch_event_target.queue": { rule: "placed", arn: "arn:q", dead_letter_config: [{ arn: "arn:dead" }] },
    },
    type: "AWS::Events::Rule",
    properties: {
      Name: "placed",
      EventPattern: { source: ["shop"] },
      State: "DISABLED",
      Targets: [{ Arn: "arn:q", DeadLetterConfig: { Arn: "arn:dead" } }],
    },
  },
  {
    what: "messaging: a queue with the policy beside it",
    from: {
      "aws_sqs_queue.jobs": { name: "jobs", url: "https://sqs/jobs", fifo_queue: false, id: "https://sqs/jobs" },
      "aws_sqs_queue_redrive_policy.jobs": {
        queue_url: "https://sqs/jobs",
        redrive_policy: '{"deadLetterTargetArn":"arn:dead","maxReceiveCount":4}',
      },
    },
    type: "AWS::SQS::Queue",
    properties: { QueueName: "jobs", RedrivePolicy: { deadLetterTargetArn: "arn:dead", maxReceiveCount: 4 } },
  },
  {
    what: "RDS: an instance, of which a retention that is left out means none",
    from: { "aws_db_instance.main": { engine: "postgres", multi_az: false, option_group_name: "mirrored" } },
    type: "AWS::RDS::DBInstance",
    properties: { Engine: "postgres", MultiAZ: false, OptionGroupName: "mirrored", BackupRetentionPeriod: 0 },
  },
  {
    what: "RDS: a replica, of which a retention that is left out means its source's",
    from: { "aws_db_instance.replica": { replicate_source_db: "main" } },
    type: "AWS::RDS::DBInstance",
    properties: { SourceDBInstanceIdentifier: "main" },
  },
  {
    what: "RDS: a parameter group",
    from: { "aws_db_parameter_group.fast": { parameter: [{ name: "fsync", value: "off" }] } },
    type: "AWS::RDS::DBParameterGroup",
    properties: { Parameters: { fsync: "off" } },
  },
  {
    what: "stores: a table",
    from: {
      "aws_dynamodb_table.orders": {
        name: "orders",
        billing_mode: "PROVISIONED",
        read_capacity: 5,
        write_capacity: 5,
        point_in_time_recovery: [{ enabled: true }],
      },
    },
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: "orders",
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  },
  {
    what: "stores: a table with replicas, which is a global one and itself the first of them",
    from: {
      "aws_dynamodb_table.orders": {
        name: "orders",
        billing_mode: "PAY_PER_REQUEST",
        deletion_protection_enabled: true,
        point_in_time_recovery: [{ enabled: true }],
        replica: [{ region_name: "us-west-2", consistency_mode: "STRONG" }],
        global_table_witness: [{ region_name: "eu-central-1" }],
      },
    },
    type: "AWS::DynamoDB::GlobalTable",
    properties: {
      TableName: "orders",
      BillingMode: "PAY_PER_REQUEST",
      MultiRegionConsistency: "STRONG",
      GlobalTableWitnesses: [{ Region: "eu-central-1" }],
      Replicas: [
        {
          Region: "eu-west-1",
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
        {
          Region: "us-west-2",
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          DeletionProtectionEnabled: false,
        },
      ],
    },
  },
  {
    what: "storage: a bucket with all that is said of it beside it",
    from: {
      "aws_s3_bucket.photos": { bucket: "photos" },
      "aws_s3_bucket_versioning.photos": { bucket: "photos", versioning_configuration: [{ status: "Enabled" }] },
      "aws_s3_bucket_acl.photos": { bucket: "photos", acl: "log-delivery-write" },
      "aws_s3_bucket_logging.photos": { bucket: "photos", target_bucket: "logs" },
      "aws_s3_bucket_lifecycle_configuration.photos": {
        bucket: "photos",
        rule: [{ status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 30 }] }],
      },
      "aws_s3_bucket_server_side_encryption_configuration.photos": {
        bucket: "photos",
        rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms" }] }],
      },
      "aws_s3_bucket_replication_configuration.photos": {
        bucket: "photos",
        role: "arn:role",
        rule: [
          {
            id: "all",
            status: "Enabled",
            filter: [{ prefix: "img/" }],
            delete_marker_replication: [{ status: "Enabled" }],
            source_selection_criteria: [{ sse_kms_encrypted_objects: [{ status: "Enabled" }] }],
            destination: [{ bucket: "arn:copy", replication_time: [{ status: "Enabled" }] }],
          },
        ],
      },
    },
    type: "AWS::S3::Bucket",
    properties: {
      BucketName: "photos",
      VersioningConfiguration: { Status: "Enabled" },
      AccessControl: "LogDeliveryWrite",
      LoggingConfiguration: { DestinationBucketName: "logs" },
      LifecycleConfiguration: { Rules: [{ Status: "Enabled", ExpirationInDays: 30 }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
      },
      ReplicationConfiguration: {
        Role: "arn:role",
        Rules: [
          {
            Id: "all",
            Status: "Enabled",
            Filter: { Prefix: "img/" },
            DeleteMarkerReplication: { Status: "Enabled" },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
            Destination: { Bucket: "arn:copy", ReplicationTime: { Status: "Enabled" } },
          },
        ],
      },
    },
  },
  {
    what: "storage: a selection of what is backed up",
    from: {
      "aws_backup_selection.tagged": {
        name: "tagged",
        plan_id: "plan",
        resources: ["*"],
        not_resources: ["arn:aws:ec2:*:*:volume/*"],
        condition: [{ string_equals: [{ key: "aws:ResourceTag/backup", value: "daily" }] }],
      },
    },
    type: "AWS::Backup::BackupSelection",
    properties: {
      BackupPlanId: "plan",
      BackupSelection: {
        SelectionName: "tagged",
        Resources: ["*"],
        NotResources: ["arn:aws:ec2:*:*:volume/*"],
        Conditions: { StringEquals: [{ ConditionKey: "aws:ResourceTag/backup", ConditionValue: "daily" }] },
      },
    },
  },
  {
    what: "the edge: a record",
    from: {
      "aws_route53_record.www": {
        name: "www",
        type: "A",
        zone_id: "Z1",
        set_identifier: "one",
        failover_routing_policy: [{ type: "PRIMARY" }],
        alias: [{ name: "lb", zone_id: "Z2", evaluate_target_health: true }],
      },
    },
    type: "AWS::Route53::RecordSet",
    properties: {
      Name: "www",
      Type: "A",
      HostedZoneId: "Z1",
      SetIdentifier: "one",
      Failover: "PRIMARY",
      AliasTarget: { DNSName: "lb", HostedZoneId: "Z2", EvaluateTargetHealth: true },
    },
  },
  {
    what: "the edge: a firewall, of whose nested statements what is not used is left out",
    from: {
      "aws_wafv2_web_acl.web": {
        scope: "REGIONAL",
        rule: [
          {
            name: "rate",
            statement: [{ geo_match_statement: [], rate_based_statement: [{ limit: 100, scope_down_statement: [] }] }],
          },
        ],
      },
    },
    type: "AWS::WAFv2::WebACL",
    properties: {
      Scope: "REGIONAL",
      Rules: [{ Name: "rate", Statement: { RateBasedStatement: { Limit: 100 } } }],
    },
  },
  {
    what: "watching: an alarm",
    from: {
      "aws_cloudwatch_metric_alarm.dead": {
        metric_name: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: "dead" },
        alarm_actions: ["arn:topic"],
      },
    },
    type: "AWS::CloudWatch::Alarm",
    properties: {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: "dead" }],
      AlarmActions: ["arn:topic"],
    },
  },
  {
    what: "access: a role's policy, a text of JSON",
    from: { "aws_iam_role_policy.task": { role: "task", policy: '{"Statement":[{"Resource":"arn:queue"}]}' } },
    type: "AWS::IAM::Policy",
    properties: { Roles: ["task"], PolicyDocument: { Statement: [{ Resource: "arn:queue" }] } },
  },
];

test.each(CASES)("$what is told as CloudFormation has it", ({ from, type, properties }) => {
  const resource = onlyOf(from);
  expect({ type: resource.type, properties: resource.properties }).toEqual({ type, properties });
  expect(resourcesOf(from)).toHaveLength(1);
});

test("the routes that stand in a table are routes of that table", () => {
  const [table, route] = resourcesOf({
    "aws_route_table.public": {
      vpc_id: "vpc-1",
      route: [{ cidr_block: "0.0.0.0/0", gateway_id: "igw-1", nat_gateway_id: "" }],
    },
  });
  expect(table?.type).toBe("AWS::EC2::RouteTable");
  expect(route).toMatchObject({
    type: "AWS::EC2::Route",
    properties: {
      RouteTableId: { "Holdfast::Reference": ["plan.json eu-west-1", "aws_route_table.public", null] },
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: "igw-1",
    },
  });
});

test("a type that is not translated keeps its own name, and nothing is said of it", () => {
  expect(onlyOf({ "aws_quicksight_folder.x": { name: "x" } })).toMatchObject({
    type: "aws_quicksight_folder",
    properties: {},
  });
});
