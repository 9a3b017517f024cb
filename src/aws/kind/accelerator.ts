import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnAccelerator, CfnEndpointGroup, CfnListener } from "aws-cdk-lib/aws-globalaccelerator";
import { assert } from "../../base/error.ts";
import { ACCELERATOR } from "../../facts/edge.ts";
import { answersRequests } from "../../topology/kind/service.ts";
import { type AcceleratorComponent, type ServiceComponent, findComponent } from "../../topology/topology.ts";
import { globalLogs } from "../edge/log.ts";
import { originZone } from "../edge/origin.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Shipment, type Site, keep, tagged } from "../ship.ts";
import { wire } from "../wire.ts";

const HTTPS = 443;
const HTTP = 80;

/**
 * Global Accelerator, in the global stack: two addresses that never change, and an endpoint group with the service's
 * balancer for each region that is deployed. It asks the balancers themselves how their targets are, and leaves a
 * region in which none is well by itself.
 *
 * A standby has the dial at 0: it gets no customer that is merely near, and every one when the other region fails,
 * because a failover takes no notice of the dial. The addresses are kept when the stack goes: customers have written
 * them into their own firewalls.
 *
 * https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html
 */
export function shipAccelerator(stack: Stack, sites: readonly Site[], component: AcceleratorComponent): void {
  const [first] = sites;
  assert(first, "a system has a region");
  const { shipment } = first;
  const { id } = component;
  const service = findComponent(shipment.topology, "service", component.settings.to);
  assert(service, `${id} leads to a service`);
  const accelerator = shipAddresses(stack, shipment, component);
  const port = portOf(service, shipment);
  const listener = new CfnListener(stack, logicalId(id, "listener"), {
    acceleratorArn: accelerator.attrAcceleratorArn,
    protocol: "TCP",
    portRanges: [{ fromPort: port, toPort: port }],
    clientAffinity: "NONE",
  });
  for (const site of sites) {
    if (site.presence.deployed) shipEndpoint(stack, site, { id, service, port, listenerArn: listener.attrListenerArn });
  }
  new CfnOutput(stack, logicalId(id, "domain"), { value: accelerator.attrDnsName });
}

function shipAddresses(stack: Stack, shipment: Shipment, component: AcceleratorComponent): CfnAccelerator {
  const { bucket, policy } = globalLogs(stack, shipment);
  const accelerator = new CfnAccelerator(stack, logicalId(component.id, "accelerator"), {
    name: physicalName(shipment, component.id),
    enabled: true,
    ipAddressType: "IPV4",
    flowLogsEnabled: true,
    flowLogsS3Bucket: bucket.ref,
    flowLogsS3Prefix: component.id,
    tags: tagged(shipment, component),
  });
  keep(accelerator, shipment);
  accelerator.addResourceDependency(policy);
  return accelerator;
}

interface EndpointOf {
  readonly id: string;
  readonly service: ServiceComponent;
  readonly port: number;
  readonly listenerArn: string;
}

function shipEndpoint(stack: Stack, site: Site, { id, service, port, listenerArn }: EndpointOf): void {
  const { shipment, region, presence, stacks, handles } = site;
  const [balancer] = handles.get("service", service.id).balancers;
  assert(balancer, `${service.id} has a balancer, because ${id} leads to it`);
  const from = { stack: stacks.compute, value: balancer.arn };
  const isHttp = answersRequests(service.settings);
  const path = isHttp ? service.settings.health?.path : undefined;
  new CfnEndpointGroup(stack, logicalId(id, region.name, "endpoints"), {
    listenerArn,
    endpointGroupRegion: region.name,
    trafficDialPercentage: presence.serves ? ACCELERATOR.dial.value : ACCELERATOR.dial.min,
    healthCheckProtocol: !isHttp ? "TCP" : port === HTTPS ? "HTTPS" : "HTTP",
    healthCheckPort: port,
    ...(path === undefined ? {} : { healthCheckPath: path }),
    healthCheckIntervalSeconds: ACCELERATOR.healthInterval.min / 1_000,
    thresholdCount: ACCELERATOR.healthThreshold.value,
    endpointConfigurations: [
      {
        endpointId: wire(shipment, logicalId(service.id, region.name, "balancer-arn"), from, stack),
        weight: ACCELERATOR.endpointWeight.value,
        clientIpPreservationEnabled: true,
      },
    ],
  });
}

/** Where the balancer listens: an HTTP one with TLS, unless there is no zone for its name. */
function portOf({ id, settings }: ServiceComponent, { topology }: Shipment): number {
  if (answersRequests(settings)) return originZone(topology) === null ? HTTP : HTTPS;
  assert(settings.port !== null, `${id} listens`);
  return settings.port;
}
