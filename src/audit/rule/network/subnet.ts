import { SUBNET } from "../../../facts/network.ts";
import { type Block, blockOf, overlaps } from "../../evaluate/cidr.ts";
import { elementsOf } from "../../evaluate/judge.ts";
import { type Value, keyOf, shown } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { own } from "../../read/document.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";

const SUBNET_TYPE = "AWS::EC2::Subnet";
const VPC = "AWS::EC2::VPC";
const PEERING = "AWS::EC2::VPCPeeringConnection";
const ATTACHMENTS: readonly string[] = ["AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"];
const GUIDE = "https://docs.aws.amazon.com/vpc/latest";
const FUNCTIONS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference";

/** What grows in a subnet when load rises, or when another zone is lost. */
const GROWING: readonly string[] = [
  "AWS::AutoScaling::AutoScalingGroup",
  "AWS::ECS::Service",
  "AWS::EKS::Nodegroup",
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
];

function isTooSmall(subnet: Resource, model: Model): Verdict {
  const value = subnet.at("CidrBlock");
  const prefix = blockOf(value)?.prefix ?? 0;
  if (prefix <= SUBNET.balancerPrefix.value) return undefined;
  const user = model.mentionsOf(subnet, ...GROWING)[0]?.from;
  const left = 2 ** (32 - prefix) - SUBNET.reserved.value;
  if (user === undefined) return undefined;
  return fail(`has ${left} addresses for ${user.id} to grow into: CidrBlock is ${shown(value)}`, "CidrBlock");
}

interface Addressed {
  readonly vpc: Resource;
  readonly block: Block;
}

/** A VPC of the templates with its addresses, where they are told. */
function addressedOf(value: Value | undefined, model: Model): Addressed | undefined {
  const vpc = model.target(value);
  const block = vpc?.type === VPC ? blockOf(vpc.at("CidrBlock")) : undefined;
  return vpc === undefined || block === undefined ? undefined : { vpc, block };
}

function clash(one: Addressed, other: Addressed): boolean {
  return one.vpc !== other.vpc && overlaps(one.block, other.block);
}

function joinsOverlapping(peering: Resource, model: Model): Verdict {
  const [one, other] = ["VpcId", "PeerVpcId"].map((property) => addressedOf(peering.at(property), model));
  if (one === undefined || other === undefined || !clash(one, other)) return undefined;
  const [left, right] = [one, other].map(({ vpc }) => `${vpc.id} (${shown(vpc.at("CidrBlock"))})`);
  return fail(`joins VPCs whose addresses overlap: ${left} and ${right}`, "PeerVpcId");
}

/** Of attachments whose VPC overlaps another's at the same transit gateway: that other. */
const overlappingAttachments = derived((model) => {
  const found = new Map<string, Addressed>();
  const attached = model.of(...ATTACHMENTS).flatMap((attachment) => {
    const addressed = addressedOf(attachment.at("VpcId"), model);
    const gateway = attachment.at("TransitGatewayId");
    return addressed === undefined
      ? []
      : [{ attachment, addressed, gateway: model.target(gateway)?.key ?? keyOf(gateway) }];
  });
  for (const ofGateway of Map.groupBy(attached, ({ gateway }) => gateway).values()) {
    const sorted = ofGateway.toSorted((one, other) => one.addressed.block.first - other.addressed.block.first);
    let widest: Addressed | undefined;
    for (const { attachment, addressed } of sorted) {
      if (widest !== undefined && clash(widest, addressed)) found.set(attachment.key, widest);
      if (widest === undefined || addressed.block.last > widest.block.last) widest = addressed;
    }
  }
  return found;
});

function attachesOverlapping(attachment: Resource, model: Model): Verdict {
  const other = overlappingAttachments(model).get(attachment.key);
  if (other === undefined) return undefined;
  const block = shown(model.target(attachment.at("VpcId"))?.at("CidrBlock"));
  return fail(`attaches ${block}, which overlaps ${other.vpc.id} (${shown(other.vpc.at("CidrBlock"))})`, "VpcId");
}

/** A zone's name as it is written, where no parameter, mapping or function stands for it. */
function namesZone(resource: Resource): Verdict {
  if (resource.declared.construct !== null || resource.template.dialect !== "cloudformation") return undefined;
  for (const property of ["AvailabilityZone", "AvailabilityZones"]) {
    const named = elementsOf(own(resource.declared.properties, property) as Value | undefined).elements;
    const zone = named.find((each) => typeof each === "string" && /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(each));
    if (zone !== undefined) return fail(`names a zone: ${property} is ${shown(zone)}`, property);
  }
  return undefined;
}

/** Rules about VPCs and subnets. */
export const SUBNETS: readonly Rule[] = [
  resourceRule({
    id: "subnet-size",
    title: "a subnet is too small for what grows in it",
    severity: "medium",
    loss: "load",
    practice: "REL02-BP03",
    type: SUBNET_TYPE,
    judge: isTooSmall,
    why: "When load rises, or what ran in a lost zone is started here, there are no addresses left and nothing starts.",
    fix: "give `CidrBlock` a prefix of /27 or shorter, better /24",
    source: `${GUIDE}/userguide/subnet-sizing.html`,
  }),
  resourceRule({
    id: "vpc-peering-overlap",
    title: "VPCs that are joined have addresses in common",
    severity: "medium",
    loss: "change",
    practice: "REL02-BP05",
    type: PEERING,
    judge: joinsOverlapping,
    why: "AWS refuses to peer them: neither can reach the other when one has to take over.",
    fix: "give the VPCs a `CidrBlock` each that does not overlap the other's",
    source: `${GUIDE}/peering/vpc-peering-basics.html`,
  }),
  resourceRule({
    id: "transit-gateway-overlap",
    title: "VPCs at one transit gateway have addresses in common",
    severity: "medium",
    loss: "change",
    practice: "REL02-BP05",
    type: ATTACHMENTS,
    judge: attachesOverlapping,
    why: "The gateway takes no route to a block that it has already: one of the two cannot be reached.",
    fix: "give the VPCs a `CidrBlock` each that does not overlap the other's",
    source: `${GUIDE}/tgw/how-transit-gateways-work.html`,
  }),
  resourceRule({
    id: "zone-by-name",
    title: "a template names a zone",
    severity: "low",
    loss: "region",
    practice: "REL13-BP04",
    type: [
      SUBNET_TYPE,
      "AWS::EC2::Instance",
      "AWS::EC2::Volume",
      "AWS::AutoScaling::AutoScalingGroup",
      "AWS::RDS::DBInstance",
      "AWS::RDS::DBCluster",
      "AWS::ElasticLoadBalancing::LoadBalancer",
    ],
    judge: namesZone,
    why: "The template cannot be deployed to another region when this one is lost, nor to accounts without the zone.",
    fix: "take `AvailabilityZone` from `Fn::GetAZs`, or from a parameter",
    source: `${FUNCTIONS}-getavailabilityzones.html`,
  }),
];
