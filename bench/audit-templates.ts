/**
 * Templates of a given size for the bench of audits: copies of one small system (network, service behind a balancer,
 * database, queue with its worker, alarms), with the functions, parameters and conditions that real templates have.
 */

/** Resources of one copy. */
const COPY = 20;

/** A template in YAML with `resources` resources, or a few less: a multiple of a copy's. */
export function templateOf(resources: number): string {
  const copies = Array.from({ length: Math.max(1, Math.floor(resources / COPY)) }, (_, at) => copyOf(at));
  return `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Environment: { Type: String, Default: production }
  DatabaseClass: { Type: String, Default: db.m7g.large }
Conditions:
  IsProduction: !Equals [!Ref Environment, production]
Mappings:
  Sizes:
    production: { Storage: 200 }
    test: { Storage: 20 }
Resources:
${copies.join("")}`;
}

function copyOf(at: number): string {
  return network(at) + compute(at) + work(at);
}

function subnetList(at: number): string {
  return [0, 1, 2].map((zone) => `!Ref Subnet${at}x${zone}`).join(", ");
}

function network(at: number): string {
  const subnets = [0, 1, 2].map(
    (zone) => `  Subnet${at}x${zone}:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc${at}
      CidrBlock: !Select [${zone}, !Cidr [!GetAtt Vpc${at}.CidrBlock, 6, 8]]
      AvailabilityZone: !Select [${zone}, !GetAZs ""]
      Tags: [{ Key: Name, Value: !Sub "\${Environment}-private-${at}-${zone}" }]
`,
  );
  const list = subnetList(at);
  return `  Vpc${at}:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.${at % 256}.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true }
${subnets.join("")}  Balancer${at}:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [${list}]
      SecurityGroups: [!Ref Group${at}]
      LoadBalancerAttributes: [{ Key: deletion_protection.enabled, Value: "true" }]
  Group${at}:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: !Sub "of \${Environment}", VpcId: !Ref Vpc${at} }
  Targets${at}:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Vpc${at}
      Port: 80
      Protocol: HTTP
      HealthCheckIntervalSeconds: 10
      TargetGroupAttributes: [{ Key: deregistration_delay.timeout_seconds, Value: "30" }]
  Listener${at}:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer${at}
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets${at} }]
`;
}

function compute(at: number): string {
  const list = subnetList(at);
  return `  Template${at}:
    Type: AWS::EC2::LaunchTemplate
    Properties: { LaunchTemplateData: { ImageId: ami-0123456789abcdef0, InstanceType: m7g.large } }
  Fleet${at}:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      VPCZoneIdentifier: [${list}]
      MinSize: "3"
      MaxSize: "9"
      HealthCheckType: ELB
      HealthCheckGracePeriod: 60
      TargetGroupARNs: [!Ref Targets${at}]
      LaunchTemplate: { LaunchTemplateId: !Ref Template${at}, Version: !GetAtt Template${at}.LatestVersionNumber }
  Subnets${at}:
    Type: AWS::RDS::DBSubnetGroup
    Properties: { DBSubnetGroupDescription: private, SubnetIds: [${list}] }
  Database${at}:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      Engine: postgres
      DBInstanceClass: !Ref DatabaseClass
      AllocatedStorage: !FindInMap [Sizes, !Ref Environment, Storage]
      MultiAZ: !If [IsProduction, true, false]
      DBSubnetGroupName: !Ref Subnets${at}
      BackupRetentionPeriod: 14
      DeletionProtection: true
      MasterUsername: app
      ManageMasterUserPassword: true
      StorageEncrypted: true
`;
}

function work(at: number): string {
  return `  Work${at}:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 360
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead${at}.Arn, maxReceiveCount: 5 }
  Dead${at}:
    Type: AWS::SQS::Queue
    Properties: { MessageRetentionPeriod: 1209600 }
  Role${at}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Statement: [{ Effect: Allow, Action: sqs:ReceiveMessage, Resource: !GetAtt Work${at}.Arn }]
  Worker${at}:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: !GetAtt Role${at}.Arn
      Timeout: 60
      Code: { ZipFile: "exports.handler = async () => {}" }
      Environment: { Variables: { DATABASE: !GetAtt Database${at}.Endpoint.Address, STAGE: !Ref Environment } }
  Source${at}:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Work${at}.Arn
      FunctionName: !Ref Worker${at}
      FunctionResponseTypes: [ReportBatchItemFailures]
  DeadAlarm${at}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{ Name: QueueName, Value: !GetAtt Dead${at}.QueueName }]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Topic${at}]
  Topic${at}:
    Type: AWS::SNS::Topic
    Properties: { KmsMasterKeyId: alias/aws/sns }
  Log${at}:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: { RetentionInDays: 30 }
`;
}
