/** A template in each dialect, with what is hard to read in each. */
export const SEEDS: readonly string[] = [
  `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: { Type: String, AllowedValues: [prod, test] }
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>" }
  Size: { Type: Number, Default: 2 }
Mappings:
  Settings: { us-east-1: { Zones: [a, b] }, eu-west-1: { Zones: [c] } }
Conditions:
  IsLarge: !And [!Equals [!Ref Env, prod], !Not [!Condition IsSmall]]
  IsSmall: !Or [!Equals [!Ref Size, 1], !Equals [!Ref "AWS::Region", eu-west-1]]
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties: &subnet
      VpcId: !Ref Vpc
      CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
      AvailabilityZone: !Select [0, !GetAZs ""]
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      <<: *subnet
      AvailabilityZone: !Select [1, !GetAZs { Ref: "AWS::Region" }]
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Condition: IsLarge
    Properties:
      MinSize: !Ref Size
      MaxSize: !If [IsLarge, 4, !Ref AWS::NoValue]
      VPCZoneIdentifier: !If [IsSmall, !Ref Subnets, [!Ref SubnetA, !Ref SubnetB]]
      TargetGroupARNs: [!Ref Targets]
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: !Ref Vpc, Port: 80 } }
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: !Split [",", !ImportValue "net-subnets"]
      LoadBalancerAttributes: [{ Key: deletion_protection.enabled, Value: !Sub "\${IsIt}" }]
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Dead: { Type: AWS::SQS::Queue }
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Retain
    DependsOn: [Vpc, Group]
    Properties:
      Engine: postgres
      MultiAZ: !If [IsLarge, true, false]
      BackupRetentionPeriod: !FindInMap [Settings, !Ref "AWS::Region", Zones]
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: https://example.org/child.yaml, Parameters: { Env: !Ref Env } }
Outputs:
  Queue: { Value: !Ref Queue, Export: { Name: !Sub "\${AWS::StackName}-Queue" } }
`,
  `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals:
  Function: { Timeout: 30, Environment: { Variables: { TABLE: !Ref Table } } }
  Api: { EndpointConfiguration: REGIONAL }
Resources:
  Table: { Type: AWS::Serverless::SimpleTable }
  Jobs: { Type: AWS::SQS::Queue }
  Bucket: { Type: AWS::S3::Bucket }
  Fn::ForEach::Workers:
    - Name
    - [Alpha, Beta]
    - Worker\${Name}:
        Type: AWS::Serverless::Function
        Properties:
          Tags: { a: b }
          AutoPublishAlias: live
          DeploymentPreference: { Type: Canary10Percent5Minutes, Alarms: [!Ref Alarm] }
          DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Jobs.Arn }
          Policies: [AWSLambdaExecute, DynamoDBCrudPolicy: { TableName: !Ref Table }]
          EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS } } }
          Events:
            Job: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
            Api: { Type: Api, Properties: { Path: "/\${Name}", Method: get } }
            Http: { Type: HttpApi }
            File: { Type: S3, Properties: { Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*" } }
            Topic: { Type: SNS, Properties: { Topic: !Ref Topic, SqsSubscription: true } }
            Daily: { Type: Schedule, Properties: { Schedule: rate(1 day), DeadLetterConfig: { Type: SQS } } }
            Soon: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 hour) } }
  Topic: { Type: AWS::SNS::Topic }
  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { MetricName: Errors } }
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: { StartAt: A, States: { A: { Type: Task, Resource: !GetAtt WorkerAlpha.Arn, End: true } } }
      Events: { On: { Type: EventBridgeRule, Properties: { Pattern: { source: [aws.s3] } } } }
  Link:
    Type: AWS::Serverless::Connector
    Properties: { Source: { Id: WorkerAlpha }, Destination: { Id: Table }, Permissions: [Read] }
Outputs: { Alias: { Value: !Ref WorkerAlpha.Alias } }
`,
  JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: {
      root_module: {
        resources: [
          {
            address: "aws_db_instance.main",
            mode: "managed",
            type: "aws_db_instance",
            name: "main",
            values: { engine: "postgres", multi_az: false, backup_retention_period: 0, availability_zone: null },
          },
          {
            address: "aws_subnet.a[0]",
            mode: "managed",
            type: "aws_subnet",
            name: "a",
            index: 0,
            values: { availability_zone: "us-east-1a", vpc_id: null },
          },
          {
            address: "aws_sqs_queue.jobs",
            mode: "managed",
            type: "aws_sqs_queue",
            name: "jobs",
            values: { redrive_policy: '{"deadLetterTargetArn":"x","maxReceiveCount":3}' },
          },
        ],
        child_modules: [{ address: "module.net", resources: [] }],
      },
    },
    resource_changes: [
      {
        address: "aws_db_instance.main",
        change: {
          actions: ["create"],
          after: {},
          after_unknown: { vpc_security_group_ids: true, db_subnet_group_name: true },
        },
      },
    ],
    configuration: {
      provider_config: { aws: { name: "aws", expressions: { region: { constant_value: "us-east-1" } } } },
      root_module: {
        resources: [
          {
            address: "aws_db_instance.main",
            type: "aws_db_instance",
            name: "main",
            provider_config_key: "aws",
            expressions: { db_subnet_group_name: { references: ["aws_subnet.a[0].id", "aws_subnet.a"] } },
          },
        ],
      },
    },
  }),
];
