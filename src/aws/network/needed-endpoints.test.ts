import { describe, expect, test } from "vitest";
import { makeSites } from "../../../test/support/aws-site.ts";
import type { ServiceSettings } from "../../topology/kind/service.ts";
import type { Component, ServiceComponent, Topology } from "../../topology/topology.ts";
import { neededEndpoints } from "./needed-endpoints.ts";

const compiled = makeSites().shipment.topology;
const service = compiled.components.find((each): each is ServiceComponent => each.kind === "service")!; // "api"
const queue = {
  id: "orders",
  kind: "queue",
  layer: "messaging",
  scope: "region",
  settings: {},
} as unknown as Component;

function endpoints(settings: Partial<ServiceSettings>, shipping: Partial<Topology["shipping"]> = {}) {
  const api: Component = { ...service, settings: { ...service.settings, ...settings } };
  const topology = { ...compiled, components: [api, queue], shipping: { ...compiled.shipping, ...shipping } };
  return neededEndpoints(topology);
}

const network = (nat: "zone" | "none") => ({ network: { ...compiled.shipping.network, nat } });

describe("interface endpoints", () => {
  test("beside NAT gateways are those that a task needs to start", () => {
    expect(endpoints({})).toEqual(["ecr.api", "ecr.dkr", "logs", "secretsmanager"]);
  });

  test("are added for what programs call, and for nothing that none of them calls", () => {
    expect(endpoints({ uses: ["orders"] })).toContain("sqs");
    expect(endpoints({ consumes: "orders" })).toContain("sqs");
    expect(endpoints({})).not.toContain("sqs");
  });

  test("without NAT depend on what carries the tasks", () => {
    expect(endpoints({ platform: "fargate" }, network("none"))).not.toContain("ecs-agent");
    expect(endpoints({ platform: "ec2" }, network("none"))).toContain("ecs-agent");
    expect(endpoints({ platform: "eks" }, network("none"))).toContain("eks-auth");
  });

  test("without NAT lead to ElastiCache and RDS where users and masters are changed", () => {
    const cache = { ...queue, id: "sessions", kind: "cache" } as unknown as Component;
    const database = { ...queue, id: "database", kind: "database" } as unknown as Component;
    const shipping = { ...compiled.shipping, ...network("none") };
    expect(neededEndpoints({ ...compiled, components: [cache], shipping })).toContain("elasticache");
    expect(neededEndpoints({ ...compiled, components: [cache] })).toContain("secretsmanager");
    expect(neededEndpoints({ ...compiled, components: [database], shipping })).toContain("rds");
    expect(neededEndpoints({ ...compiled, components: [database] })).not.toContain("rds");
    expect(endpoints({}, network("none"))).not.toContain("elasticache");
  });

  test("of the cheap profile are none, unless nothing else leads out", () => {
    expect(endpoints({ uses: ["orders"] }, { stage: "dev", ...network("zone") })).toEqual([]);
    expect(endpoints({ uses: ["orders"] }, { stage: "dev", ...network("none") })).toContain("sqs");
  });

  test("are none where nothing runs in the network", () => {
    expect(neededEndpoints({ ...compiled, components: [queue] })).toEqual([]);
  });
});
