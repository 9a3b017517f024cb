import { CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnListener, CfnListenerRule, CfnLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { BALANCER } from "../../facts/compute.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import { ORIGIN_VERIFY_HEADER, originNames, originVerifyReference, originZone } from "../edge/origin.ts";
import type { Address } from "../handle.ts";
import { logicalId } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import { type Site, tagged } from "../ship.ts";
import { BALANCER_LOGS, accessLogBucket, letBalancersLog } from "../storage/access-log.ts";
import { shipCertificate } from "./certificate.ts";
import type { Exposure } from "./exposure.ts";
import { internalName, shipInternalName } from "./internal-name.ts";
import { shipTargetGroup } from "./target-group.ts";

const ANYWHERE = "0.0.0.0/0";
const HTTP = 80;
const HTTPS = 443;

/** A balancer in front of a service, with its targets. */
export interface Balancer {
  readonly fullName: string;
  readonly arn: string;
  readonly dnsName: string;
  readonly zoneId: string;
  readonly targetGroup: { readonly fullName: string; readonly arn: string };
  /** Where programs dial it; of one that faces the internet AWS's own name. */
  readonly address: Address;
  readonly securityGroupId: string;
  readonly listenerArn: string;
  /** The ARN of the rule that lets the edge in; left out where it does not come. */
  readonly edgeRuleArn?: string;
  /** Whether only programs of the network reach it. */
  readonly isInternal: boolean;
  /** What must be there before a task can be a target. */
  readonly ready: readonly (CfnListener | CfnListenerRule)[];
}

/** The balancers of a service: for customers, for programs, or both. */
export interface Balancers {
  readonly customers: Balancer | null;
  readonly programs: Balancer | null;
}

/** Ships a balancer for each of those who come to a service, over all zones; `marks` are tags of the targets. */
export function shipBalancers(
  site: Site,
  component: ServiceComponent,
  { customers, programs }: Exposure,
  marks: Marks = {},
): Balancers {
  const tcp = component.settings.protocol === "tcp";
  const marked = { component, marks };
  return {
    customers: customers === null ? null : tcp ? shipTcp(site, marked) : shipPublic(site, marked, customers),
    programs: programs ? shipInternal(site, marked) : null,
  };
}

/** By which what registers targets finds them. */
type Marks = Readonly<Record<string, string>>;

interface Marked {
  readonly component: ServiceComponent;
  readonly marks: Marks;
}

/**
 * The balancer that customers' requests come to. Behind the edge it answers 403 to whatever does not carry the edge's
 * secret, but for health checks: Route 53's checkers cannot send a header, and a list of the edge's addresses would
 * shut them out.
 */
function shipPublic(site: Site, marked: Marked, customers: "edge" | "direct"): Balancer {
  const { component } = marked;
  const { shipment, region } = site;
  const { id } = component;
  const certificate = shipCertificate(site, logicalId(id, "certificate"), {
    service: id,
    names: originZone(shipment.topology) === null ? [] : originNames(shipment, id, region.name),
  });
  const base = shipBase(site, marked, { id, scheme: "internet-facing", type: "application", from: ANYWHERE });
  const behindEdge = customers === "edge";
  const listener = shipListener(site, base, { id, certificate, forwards: !behindEdge });
  const rules = behindEdge ? edgeRules(site, component, { listener, targetGroupArn: base.targetGroup.arn }) : [];
  const [fromEdge] = rules;
  return {
    ...base,
    listenerArn: listener.attrListenerArn,
    ...(fromEdge === undefined ? {} : { edgeRuleArn: fromEdge.attrRuleArn }),
    ready: [listener, ...rules],
  };
}

/** The balancer that programs of the network dial, with a certificate for a name that only they can resolve. */
function shipInternal(site: Site, marked: Marked): Balancer {
  const { component } = marked;
  const id = `${component.id}-internal`;
  const name = internalName(site, component.id);
  const certificate = shipCertificate(site, logicalId(id, "certificate"), {
    service: component.id,
    names: name === null ? [] : [name],
  });
  const base = shipBase(site, marked, { id, scheme: "internal", type: "application", from: null });
  const listener = shipListener(site, base, { id, certificate, forwards: true });
  shipInternalName(site, component.id, base);
  return {
    ...base,
    address: name === null ? base.address : { host: name, port: HTTPS },
    listenerArn: listener.attrListenerArn,
    ready: [listener],
  };
}

/** TCP goes through as it comes: what is spoken over it, TLS too, is the program's. */
function shipTcp(site: Site, marked: Marked): Balancer {
  const { id, settings } = marked.component;
  const port = settings.port!; // it listens
  const base = shipBase(site, marked, { id, scheme: "internet-facing", type: "network", from: ANYWHERE });
  const listener = new CfnListener(site.stacks.compute, logicalId(id, "listener"), {
    loadBalancerArn: base.arn,
    port,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: base.targetGroup.arn }],
  });
  return { ...base, listenerArn: listener.attrListenerArn, ready: [listener] };
}

type Base = Omit<Balancer, "listenerArn" | "ready">;

interface BaseOf {
  readonly id: string;
  readonly scheme: "internet-facing" | "internal";
  readonly type: "application" | "network";
  /** Who may come; null: whoever is named in a rule of the security group later. */
  readonly from: string | null;
}

function shipBase(site: Site, { component, marks }: Marked, of: BaseOf): Base {
  const { shipment, stacks, network } = site;
  const { id, scheme, type } = of;
  const outside = scheme === "internet-facing";
  const hasTls = originZone(shipment.topology) !== null;
  const port = type === "network" ? component.settings.port! : hasTls ? HTTPS : HTTP; // behind TCP it listens
  const groupId = shipBalancerGroup(site, component, { ...of, port });
  const balancer = new CfnLoadBalancer(stacks.compute, logicalId(id, "balancer"), {
    type,
    scheme,
    ipAddressType: "ipv4",
    subnets: network.zones.map(({ publicSubnetId, privateSubnetId }) => (outside ? publicSubnetId : privateSubnetId)),
    securityGroups: [groupId],
    loadBalancerAttributes: attributesOf(site, of),
    tags: tagged(shipment, component),
  });
  const targetGroup = shipTargetGroup(site, logicalId(id, "targets"), component, marks);
  return {
    fullName: balancer.attrLoadBalancerFullName,
    arn: balancer.attrLoadBalancerArn,
    dnsName: balancer.attrDnsName,
    zoneId: balancer.attrCanonicalHostedZoneId,
    targetGroup: { fullName: targetGroup.attrTargetGroupFullName, arn: targetGroup.attrTargetGroupArn },
    address: { host: balancer.attrDnsName, port },
    securityGroupId: groupId,
    isInternal: !outside,
  };
}

/** A balancer takes what it is for, and opens connections to targets in the network alone. */
function shipBalancerGroup(site: Site, component: ServiceComponent, of: BaseOf & { readonly port: number }): string {
  const { shipment, stacks, network } = site;
  const { port } = of;
  const target = component.settings.port!; // it listens
  const group = new CfnSecurityGroup(stacks.compute, logicalId(of.id, "balancer-security-group"), {
    vpcId: network.vpcId,
    groupDescription: `The balancer of ${component.id} (${of.scheme})`,
    ...(of.from === null
      ? {}
      : {
          securityGroupIngress: [
            { ipProtocol: "tcp", fromPort: port, toPort: port, cidrIp: of.from, description: "customers" },
          ],
        }),
    securityGroupEgress: [
      { ipProtocol: "tcp", fromPort: target, toPort: target, cidrIp: network.cidr, description: "targets" },
    ],
    tags: tagged(shipment, component),
  });
  return group.attrGroupId;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
function attributesOf(site: Site, { id, type }: BaseOf) {
  const { shipment, stacks } = site;
  letBalancersLog(site);
  const common = {
    "deletion_protection.enabled": String(deletionProtection(stacks.compute, shipment, [id])),
    "zonal_shift.config.enabled": "true",
    "access_logs.s3.enabled": "true",
    "access_logs.s3.bucket": accessLogBucket(site),
    "access_logs.s3.prefix": BALANCER_LOGS,
  };
  const http = {
    "idle_timeout.timeout_seconds": String(BALANCER.idleTimeout.value / 1_000),
    "routing.http.drop_invalid_header_fields.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http2.enabled": "true",
  };
  // An application balancer always goes over zones; a network balancer would leave a zone with few targets overloaded.
  const tcp = { "load_balancing.cross_zone.enabled": "true" };
  const all: Record<string, string> = { ...common, ...(type === "network" ? tcp : http) };
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}

function shipListener(
  site: Site,
  { arn, targetGroup }: Base,
  of: { readonly id: string; readonly certificate: { readonly ref: string } | null; readonly forwards: boolean },
): CfnListener {
  const { certificate, forwards } = of;
  const secure = certificate !== null;
  return new CfnListener(site.stacks.compute, logicalId(of.id, "listener"), {
    loadBalancerArn: arn,
    port: secure ? HTTPS : HTTP,
    protocol: secure ? "HTTPS" : "HTTP",
    ...(secure ? { certificates: [{ certificateArn: certificate.ref }], sslPolicy: BALANCER.tlsPolicy.value } : {}),
    defaultActions: [
      forwards
        ? { type: "forward", targetGroupArn: targetGroup.arn }
        : {
            type: "fixed-response",
            fixedResponseConfig: {
              statusCode: "403",
              contentType: "text/plain",
              messageBody: "by the front door, please",
            },
          },
    ],
  });
}

function edgeRules(
  site: Site,
  { id, settings }: ServiceComponent,
  to: { readonly listener: CfnListener; readonly targetGroupArn: string },
): CfnListenerRule[] {
  const listenerArn = to.listener.attrListenerArn;
  const actions = [{ type: "forward", targetGroupArn: to.targetGroupArn }];
  const fromEdge = new CfnListenerRule(site.stacks.compute, logicalId(id, "from-edge"), {
    listenerArn,
    priority: 10,
    conditions: [
      {
        field: "http-header",
        httpHeaderConfig: {
          httpHeaderName: ORIGIN_VERIFY_HEADER,
          // Both are good at any time, and for a while the same: see `rotateEdge`. A balancer refuses a value twice,
          // so the second has a wildcard, which adds nothing that could be guessed.
          // https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4306
          values: [originVerifyReference(site.shipment, "sent"), `${originVerifyReference(site.shipment, "next")}*`],
        },
      },
    ],
    actions,
  });
  if (settings.health === null) return [fromEdge];
  const checks = new CfnListenerRule(site.stacks.compute, logicalId(id, "from-checkers"), {
    listenerArn,
    priority: 20,
    conditions: [{ field: "path-pattern", pathPatternConfig: { values: [settings.health.path] } }],
    actions,
  });
  return [fromEdge, checks];
}
