/** What requests come in by. */
export const DOORS: ReadonlySet<string> = new Set([
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::ElasticLoadBalancing::LoadBalancer",
  "AWS::CloudFront::Distribution",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGatewayV2::Api",
  "AWS::AppSync::GraphQLApi",
  "AWS::Route53::RecordSet",
  "AWS::GlobalAccelerator::Accelerator",
]);

const PILLAR = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar";

/** Why what answers customers stands in several zones. */
export const MULTIPLE_ZONES = `${PILLAR}/rel_fault_isolation_multiaz_region_system.html`;
