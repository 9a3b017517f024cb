import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { shipEdge } from "../../src/aws/kind/edge.ts";
import type { ServiceHandle } from "../../src/aws/handle.ts";
import type { Site } from "../../src/aws/ship.ts";
import type { EdgeSettings } from "../../src/topology/kind/edge.ts";
import type { EdgeComponent, ServiceComponent } from "../../src/topology/topology.ts";
import { type Sites, type SitesOptions, makeSites } from "./aws-site.ts";

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

/** The edge of a shop with a site, a route to its API, and a hosted zone. */
export function edgeComponent(settings: Partial<EdgeSettings> = {}): EdgeComponent {
  return {
    id: "edge",
    kind: "edge",
    layer: "edge",
    scope: "global",
    settings: {
      domain: "shop.example.com",
      site: "/srv/shop/site",
      routes: [{ pattern: "/api/*", service: "api" }],
      firewall: { rateLimit: 2_000, managedRules: ["sql-injection"], shieldAdvanced: false },
      origin: { connectionTimeoutMs: SECOND, connectionAttempts: 1, responseTimeoutMs: 5 * SECOND },
      cache: { defaultTtlMs: DAY, staleIfErrorMs: 2 * DAY },
      dnsTtlMs: 10 * SECOND,
      dnsHealthCheck: { intervalMs: 10 * SECOND, threshold: 2 },
      hostedZoneId: "Z0123456789",
      certificateArn: null,
      ...settings,
    },
  };
}

/** A service that listens; `tcp` ones without a path. */
export function listeningService(id: string, protocol: "http" | "https" | "tcp" = "http"): ServiceComponent {
  const health = { deepPath: null, intervalMs: 5_000, timeoutMs: 2_000, healthyThreshold: 2, unhealthyThreshold: 2 };
  return {
    id,
    kind: "service",
    layer: "compute",
    scope: "zone",
    settings: {
      directory: "/srv/shop",
      build: null,
      run: "node server.js",
      platform: "fargate",
      protocol,
      port: protocol === "tcp" ? 7070 : 8080,
      health: { ...health, path: "/healthz" },
      uses: [],
      consumes: null,
      scale: { min: 3, max: 30, on: null, outCooldownMs: 60_000, inCooldownMs: 300_000 },
      size: { cpuMillis: 256, memoryMiB: 512, instance: "c7i.large" },
      drainMs: 30_000,
      environment: {},
    },
  };
}

/** A service as if it had been shipped, behind a balancer. */
export function fakeService(site: Site, id: string): ServiceHandle {
  const arn = `arn:aws:elasticloadbalancing:${site.region.name}:123456789012:loadbalancer/app/${id}/0`;
  const handle: ServiceHandle = {
    id,
    kind: "service",
    address: null,
    platform: "fargate",
    clusterName: "shop",
    name: id,
    arn: `arn:aws:ecs:${site.region.name}:123456789012:service/${id}`,
    balancers: [
      {
        fullName: `app/${id}/0`,
        arn,
        dnsName: `${id}.${site.region.name}.elb.amazonaws.com`,
        zoneId: "ZELB",
        targetGroup: { fullName: `targetgroup/${id}/0`, arn: `${arn}-targets` },
        edgeRuleArn: `arn:aws:elasticloadbalancing:${site.region.name}:123456789012:listener-rule/app/${id}/0/1/2`,
      },
    ],
    securityGroupId: "sg-1",
    logGroupName: id,
    access: [],
    doors: [],
  };
  site.handles.add(handle);
  return handle;
}

/** An edge as it was shipped, and the templates of the global stack and of the regions'. */
export interface ShippedEdge extends Sites {
  readonly edge: EdgeComponent;
  readonly global: Template;
}

/** Ships an edge in front of the services that it has routes to. */
export function makeEdge(settings: Partial<EdgeSettings> = {}, options: SitesOptions = {}): ShippedEdge {
  const edge = edgeComponent(settings);
  const services = [...new Set(edge.settings.routes.map(({ service }) => service))];
  const made = makeSites({ ...options, components: [edge, ...services.map((id) => listeningService(id))] });
  for (const site of made.sites) {
    if (site.presence.deployed) for (const id of services) fakeService(site, id);
  }
  const stack = new Stack(made.app, "global", { env: { region: "us-east-1" } });
  shipEdge(stack, made.sites, edge);
  return { ...made, edge, global: Template.fromStack(stack) };
}
