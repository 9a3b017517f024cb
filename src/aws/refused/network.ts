import { ENCRYPTION_CONTROL } from "../../facts/network.ts";
import { type Value, field, isTrue, items, numberOf, textOf } from "../template.ts";
import type { Estate, Resource } from "./estate.ts";
import { type Refusal, refusal, refusalOf } from "./refusal.ts";

const BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup";
const LISTENER = "AWS::ElasticLoadBalancingV2::Listener";
const GROUP_PAGE = "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html";

function subnetsOf({ properties }: Resource): readonly string[] {
  const mapped = items(properties["SubnetMappings"]).map((each) => field(each, "SubnetId"));
  return [...items(properties["Subnets"]), ...mapped].map(textOf);
}

/** The first and the last address of a range in a template; undefined for what is only known at deployment. */
function rangeOf(cidr: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  const size = 2 ** (32 - bits);
  const first = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return [first, first + size - 1];
}

const balancers: readonly Refusal[] = [
  refusalOf(
    BALANCER,
    [
      "elb-one-zone",
      "an Application Load Balancer has subnets in at least two zones",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html",
    ],
    (resource) => {
      const application = (resource.properties["Type"] ?? "application") === "application";
      return application && new Set(subnetsOf(resource)).size < 2
        ? [["Properties.Subnets", `${subnetsOf(resource).length} subnets`]]
        : [];
    },
  ),
  refusalOf(
    GROUP,
    ["elb-health-timeout", "a health check ends before the next one begins", GROUP_PAGE],
    ({ properties }) => {
      const interval = numberOf(properties["HealthCheckIntervalSeconds"]) ?? 30;
      const timeout = numberOf(properties["HealthCheckTimeoutSeconds"]) ?? 5;
      return timeout > interval ? [["Properties.HealthCheckTimeoutSeconds", `${timeout} s of ${interval} s`]] : [];
    },
  ),
  refusalOf(
    GROUP,
    ["elb-health-range", "a target's health is checked every 5 to 300 seconds, and counted 2 to 10 times", GROUP_PAGE],
    ({ properties }) => {
      const interval = numberOf(properties["HealthCheckIntervalSeconds"]) ?? 30;
      const counts = ["HealthyThresholdCount", "UnhealthyThresholdCount"].map((key) => numberOf(properties[key]) ?? 2);
      const wrong = interval < 5 || interval > 300 || counts.some((each) => each < 2 || each > 10);
      return wrong ? [["Properties", `every ${interval} s, ${counts.join(" and ")} times`]] : [];
    },
  ),
  refusalOf(
    LISTENER,
    [
      "elb-listener-certificate",
      "a listener for TLS has a certificate, and one without TLS has none",
      "elasticloadbalancing/latest/application/create-https-listener.html",
    ],
    ({ properties }) => {
      const tls = ["HTTPS", "TLS"].includes(textOf(properties["Protocol"]));
      const has = items(properties["Certificates"]).length > 0;
      return tls === has ? [] : [["Properties.Certificates", tls ? "missing" : "without TLS"]];
    },
  ),
  refusal(
    "elb-rule-priority-twice",
    "each rule of a listener has a priority of its own",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html",
    (estate) => {
      const seen = new Set<string>();
      return estate.of("AWS::ElasticLoadBalancingV2::ListenerRule").flatMap((resource) => {
        const { ListenerArn, Priority } = resource.properties;
        const listener = estate.target(ListenerArn, resource.stack)?.logicalId ?? textOf(ListenerArn);
        const key = `${resource.region} ${listener} ${textOf(Priority)}`;
        const again = seen.has(key);
        seen.add(key);
        return again ? [{ resource, path: "Properties.Priority", message: `${textOf(Priority)} twice` }] : [];
      });
    },
  ),
];

const networks: readonly Refusal[] = [
  refusal(
    "subnet-overlap",
    "the subnets of a network do not overlap, and lie within it",
    "AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html",
    (estate) => {
      const done: { readonly network: string; readonly range: readonly [number, number] }[] = [];
      return estate.of("AWS::EC2::Subnet").flatMap((resource) => {
        const cidr = textOf(resource.properties["CidrBlock"]);
        const range = rangeOf(cidr);
        if (range === undefined) return [];
        const network = `${resource.stack} ${textOf(resource.properties["VpcId"])}`;
        const overlaps = done.some((each) => each.network === network && overlap(each.range, range));
        const whole = networkRange(resource, estate);
        const outside = whole !== undefined && (range[0] < whole[0] || range[1] > whole[1]);
        done.push({ network, range });
        return overlaps || outside ? [{ resource, path: "Properties.CidrBlock", message: cidr }] : [];
      });
    },
  ),
  refusalOf(
    ["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"],
    [
      "security-group-text",
      "a security group's descriptions have certain characters alone, at most 255",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html",
    ],
    ({ properties }) => {
      const rules = [...items(properties["SecurityGroupIngress"]), ...items(properties["SecurityGroupEgress"])];
      const texts = [properties["GroupDescription"], properties["Description"], properties["GroupName"]];
      return [...texts, ...rules.map((rule) => field(rule, "Description"))]
        .filter((text) => typeof text === "string")
        .filter((text) => !/^[\w .:/()#,@[\]+=&;{}!$*-]{0,255}$/.test(text))
        .map((text) => ["Properties", text]);
    },
  ),
  refusalOf(
    "AWS::EC2::NatGateway",
    [
      "nat-mode",
      "a regional NAT gateway names a network, a zonal one a subnet",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html",
    ],
    ({ properties }) => {
      const regional = properties["AvailabilityMode"] === "regional";
      const right = regional
        ? properties["VpcId"] !== undefined && properties["SubnetId"] === undefined
        : properties["SubnetId"] !== undefined;
      return right ? [] : [["Properties.SubnetId", regional ? "on a regional gateway" : "missing"]];
    },
  ),
  refusalOf(
    "AWS::EC2::NatGateway",
    [
      "nat-address-without-gateway",
      "an elastic address of a network comes after its internet gateway",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html",
    ],
    ({ properties, stack }, estate) => {
      const address = estate.target(properties["AllocationId"], stack);
      const attachment = estate.of("AWS::EC2::VPCGatewayAttachment").find((each) => each.stack === stack);
      if (address === undefined || attachment === undefined) return [];
      return address.dependsOn.includes(attachment.logicalId)
        ? []
        : [["Properties.AllocationId", `${address.logicalId} does not depend on ${attachment.logicalId}`]];
    },
  ),
  refusalOf(
    "AWS::EC2::VPCEndpoint",
    [
      "endpoint-private-name",
      "private names of an endpoint need a network that resolves them",
      "vpc/latest/privatelink/privatelink-access-aws-services.html",
    ],
    ({ properties, stack }, estate) => {
      const network = estate.target(properties["VpcId"], stack);
      if (!isTrue(properties["PrivateDnsEnabled"]) || network?.type !== "AWS::EC2::VPC") return [];
      return isTrue(network.properties["EnableDnsHostnames"]) && network.properties["EnableDnsSupport"] !== false
        ? []
        : [["Properties.PrivateDnsEnabled", `${network.logicalId} has no DNS hostnames`]];
    },
  ),
  refusalOf(
    "AWS::EC2::VPCEncryptionControl",
    [
      "encryption-enforced",
      "a network whose encryption is enforced has no burstable instance, and no balancer that takes TLS off for TCP",
      "vpc/latest/userguide/vpc-encryption-controls.html",
    ],
    ({ properties, region }, estate) => {
      if (properties["Mode"] !== "enforce") return [];
      return estate
        .of(...Object.keys(INSTANCE_OF), LISTENER)
        .filter((each) => each.region === region && isClear(each))
        .map((each) => ["Properties.Mode", `${each.logicalId} is in that network`]);
    },
  ),
];

/** How a resource names the instances that it runs on. */
const INSTANCE_OF: Readonly<Record<string, (properties: Resource["properties"]) => Value>> = {
  "AWS::EC2::LaunchTemplate": ({ LaunchTemplateData }) => field(LaunchTemplateData, "InstanceType"),
  "AWS::EKS::Nodegroup": ({ InstanceTypes }) => items(InstanceTypes)[0],
  "AWS::RDS::DBInstance": ({ DBInstanceClass }) => DBInstanceClass,
  "AWS::ElastiCache::ReplicationGroup": ({ CacheNodeType }) => CacheNodeType,
};

/** Whether AWS's machines do not encrypt what it sends. */
function isClear({ type, properties }: Resource): boolean {
  if (type === LISTENER) return properties["Protocol"] === "TLS";
  const family = /(?:^|\.)([a-z]\w*)\.\w+$/.exec(textOf(INSTANCE_OF[type]?.(properties)))?.[1];
  return family !== undefined && ENCRYPTION_CONTROL.burstable.value.split(" ").includes(family);
}

function overlap(one: readonly [number, number], other: readonly [number, number]): boolean {
  return one[0] <= other[1] && other[0] <= one[1];
}

function networkRange({ properties, stack }: Resource, estate: Estate): readonly [number, number] | undefined {
  return rangeOf(textOf(estate.target(properties["VpcId"], stack)?.properties["CidrBlock"]));
}

/** What EC2's networks and Elastic Load Balancing refuse. */
export const NETWORK: readonly Refusal[] = [...balancers, ...networks];
