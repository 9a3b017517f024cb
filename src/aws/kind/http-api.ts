import { Aws } from "aws-cdk-lib";
import { CfnApi, CfnIntegration, CfnRoute, CfnStage, CfnVpcLink } from "aws-cdk-lib/aws-apigatewayv2";
import { CfnSecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { assert } from "../../base/error.ts";
import { HTTP_API } from "../../facts/serverless.ts";
import { type HttpApiComponent, findComponent } from "../../topology/topology.ts";
import { shipLogGroup } from "../compute/cluster.ts";
import { internalName } from "../compute/internal-name.ts";
import { letIn } from "../compute/program-access.ts";
import type { FunctionHandle, HttpApiHandle, ServiceHandle } from "../handle.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Site, tagged } from "../ship.ts";

/** What a line of the access log says; nothing of what a customer sent. */
const LOGGED = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  latencyMs: "$context.responseLatency",
  integrationStatus: "$context.integrationStatus",
  integrationLatencyMs: "$context.integrationLatency",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
};

/**
 * An HTTP API of API Gateway in a region's compute stack: throttled as a whole, its requests logged, each route to a
 * function's alias, or by a private link over all zones to a service's inner balancer. It stands in every region; by
 * itself it is reached by AWS's own name, which tells the region.
 */
export function shipHttpApi(site: Site, component: HttpApiComponent): HttpApiHandle {
  const { shipment, stacks, region } = site;
  const { id, settings } = component;
  const api = new CfnApi(stacks.compute, logicalId(id, "api"), {
    name: physicalName(shipment, id),
    description: `HTTP API ${id} of ${shipment.system}`,
    protocolType: "HTTP",
    tags: asMap(tagged(shipment, component)),
  });
  const targets = [...new Set(settings.routes.map(({ to }) => to))];
  const integrations = new Map(targets.map((to) => [to, shipIntegration(site, component, { api, to })]));
  for (const { route, to } of settings.routes) {
    new CfnRoute(stacks.compute, logicalId(id, "route", routeName(route)), {
      apiId: api.ref,
      routeKey: route,
      authorizationType: "NONE", // who a customer is, the program decides
      target: `integrations/${integrations.get(to)!.ref}`, // there is one for each target
    });
  }
  const logs = shipLogGroup(site, `${id}-access`);
  const { requestsPerSecond, burst } = settings.throttle;
  new CfnStage(stacks.compute, logicalId(id, "stage"), {
    apiId: api.ref,
    stageName: "$default",
    autoDeploy: true,
    accessLogSettings: { destinationArn: logGroupArn(region.name, logs.ref), format: JSON.stringify(LOGGED) },
    defaultRouteSettings: {
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: burst,
      detailedMetricsEnabled: true,
    },
    tags: asMap(tagged(shipment, component)),
  });
  return { id, kind: "http-api", apiId: api.ref, url: api.attrApiEndpoint, access: [], doors: [] };
}

interface IntegrationOf {
  readonly api: CfnApi;
  readonly to: string;
}

function shipIntegration(site: Site, component: HttpApiComponent, { api, to }: IntegrationOf): CfnIntegration {
  const handle = site.handles.find(to);
  if (handle?.kind === "function") return toFunction(site, component, { api, handle });
  assert(handle?.kind === "service", `${to} can answer a route`);
  return toService(site, component, { api, handle });
}

function toFunction(
  { stacks, region, shipment }: Site,
  { id }: HttpApiComponent,
  { api, handle }: { readonly api: CfnApi; readonly handle: FunctionHandle },
): CfnIntegration {
  new CfnPermission(stacks.compute, logicalId(id, "invokes", handle.id), {
    action: "lambda:InvokeFunction",
    functionName: handle.aliasArn,
    principal: "apigateway.amazonaws.com",
    sourceArn: arnOf("execute-api", region.name, `${api.ref}/*`),
  });
  const settings = findComponent(shipment.topology, "function", handle.id)?.settings;
  return new CfnIntegration(stacks.compute, logicalId(id, "to", handle.id), {
    apiId: api.ref,
    integrationType: "AWS_PROXY",
    integrationMethod: "POST",
    integrationUri: handle.aliasArn,
    payloadFormatVersion: "2.0",
    timeoutInMillis: Math.min(settings?.timeoutMs ?? Infinity, HTTP_API.timeout.value),
  });
}

/**
 * A private link to the listener of the inner balancer. The name that its certificate is for is said to the balancer,
 * and verified.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
 */
function toService(
  site: Site,
  { id }: HttpApiComponent,
  { api, handle }: { readonly api: CfnApi; readonly handle: ServiceHandle },
): CfnIntegration {
  const { stacks } = site;
  const { internalListenerArn } = handle;
  assert(internalListenerArn !== undefined, `${handle.id} has a balancer inside of the network`);
  const link = shipLink(site);
  for (const door of handle.doors) {
    const lets = logicalId(handle.id, "lets-in-http-apis");
    if (stacks.compute.node.tryFindChild(lets)) continue;
    letIn(site, lets, { door, groupId: link.groupId, description: "HTTP APIs" });
  }
  const name = internalName(site, handle.id);
  return new CfnIntegration(stacks.compute, logicalId(id, "to", handle.id), {
    apiId: api.ref,
    integrationType: "HTTP_PROXY",
    integrationMethod: "ANY",
    integrationUri: internalListenerArn,
    connectionType: "VPC_LINK",
    connectionId: link.id,
    payloadFormatVersion: "1.0",
    timeoutInMillis: HTTP_API.timeout.value,
    ...(name === null ? {} : { tlsConfig: { serverNameToVerify: name } }),
  });
}

/** One link a region, over all zones, with the first service. */
function shipLink(site: Site): { readonly id: string; readonly groupId: string } {
  const { shipment, stacks, network } = site;
  const [linkId, groupId] = [logicalId("http-apis-link"), logicalId("http-apis-security-group")];
  const made = stacks.compute.node.tryFindChild(linkId) as CfnVpcLink | undefined;
  if (made) {
    const group = stacks.compute.node.findChild(groupId) as CfnSecurityGroup; // they are made together
    return { id: made.ref, groupId: group.attrGroupId };
  }
  const tags = [{ key: "Name", value: physicalName(shipment, "http-apis") }];
  const group = new CfnSecurityGroup(stacks.compute, groupId, {
    vpcId: network.vpcId,
    groupDescription: "The way of HTTP APIs to services",
    securityGroupEgress: [80, 443].map((port) => ({
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      cidrIp: network.cidr,
      description: "balancers inside of the network",
    })),
    tags,
  });
  const link = new CfnVpcLink(stacks.compute, linkId, {
    name: physicalName(shipment, "http-apis"),
    subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
    securityGroupIds: [group.attrGroupId],
    tags: asMap(tags),
  });
  return { id: link.ref, groupId: group.attrGroupId };
}

/** A route as the words of a logical id. @example routeName("GET /orders/{id}") // "GET-orders-by-id" */
function routeName(route: string): string {
  return route
    .replaceAll("{", "/by/")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

/** Without the `:*` that the group's own attribute ends in: API Gateway refuses it. */
function logGroupArn(region: string, name: string): string {
  return `arn:${Aws.PARTITION}:logs:${region}:${Aws.ACCOUNT_ID}:log-group:${name}`;
}

function asMap(tags: readonly { readonly key: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
