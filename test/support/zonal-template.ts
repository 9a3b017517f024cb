/** What of a small system stands in two zones; the rest of it is there once. */
export interface Spread {
  readonly gateways: boolean;
  readonly tasks: boolean;
  readonly database: boolean;
  readonly cache: boolean;
  readonly cluster: boolean;
}

/** All of it in two zones. */
export const IN_TWO_ZONES: Spread = { gateways: true, tasks: true, database: true, cache: true, cluster: true };

/** A network of two zones, and in it a balanced service with a database, a cache and an Aurora cluster. */
export function zonalTemplate({ gateways, tasks, database, cache, cluster }: Spread): string {
  return `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
${[0, 1].map((at) => zone(at, gateways)).join("\n")}
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [!Ref Public0, !Ref Public1] } }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: { LoadBalancerArn: !Ref Balancer, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] }
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Port: 80, HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2 }
  Service:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      DesiredCount: 2
      TaskDefinition: !Ref Task
      LoadBalancers: [{ TargetGroupArn: !Ref Targets, ContainerName: app, ContainerPort: 80 }]
      NetworkConfiguration:
        AwsvpcConfiguration: { Subnets: [${tasks ? "!Ref Private0, !Ref Private1" : "!Ref Private0"}] }
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: app
          Image: app
          Environment:
            - { Name: DATABASE, Value: !GetAtt Database.Endpoint.Address }
            - { Name: CACHE, Value: !GetAtt Cache.PrimaryEndPoint.Address }
            - { Name: CLUSTER, Value: !GetAtt Cluster.Endpoint.Address }
            - { Name: QUEUE, Value: !Ref Queue }
  Database:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: postgres, DBSubnetGroupName: !Ref Group, MultiAZ: ${database}${pinned(database)} }
  Group: { Type: AWS::RDS::DBSubnetGroup, Properties: { SubnetIds: [!Ref Private0, !Ref Private1] } }
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: { AutomaticFailoverEnabled: ${cache}, NumCacheClusters: ${cache ? 2 : 1},
      CacheSubnetGroupName: !Ref CacheGroup }
  CacheGroup:
    Type: AWS::ElastiCache::SubnetGroup
    Properties: { SubnetIds: [!Ref Private0, !Ref Private1] }
  Cluster: { Type: AWS::RDS::DBCluster, Properties: { Engine: aurora-postgresql, DBSubnetGroupName: !Ref Group } }
${member(0)}${cluster ? member(1) : ""}  Queue: { Type: AWS::SQS::Queue }
`;
}

function pinned(isSpread: boolean): string {
  return isSpread ? "" : ', AvailabilityZone: !Select [0, !GetAZs ""]';
}

function member(at: number): string {
  return `  Member${at}:
    Type: AWS::RDS::DBInstance
    Properties: { DBClusterIdentifier: !Ref Cluster, Engine: aurora-postgresql,
      AvailabilityZone: !Select [${at}, !GetAZs ""] }
`;
}

function zone(at: number, isOwn: boolean): string {
  const zoneOf = `AvailabilityZone: !Select [${at}, !GetAZs ""]`;
  const leadsTo = `DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Gateway${isOwn ? at : 0}`;
  const gateway = `  Gateway${at}: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Public${at} } }\n`;
  return `${isOwn || at === 0 ? gateway : ""}\
  Public${at}: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, ${zoneOf} } }
  Private${at}: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, ${zoneOf} } }
  Table${at}: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  InTable${at}:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Private${at}, RouteTableId: !Ref Table${at} }
  Route${at}:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref Table${at}, ${leadsTo} }`;
}
