import { fakeFunction } from "./aws-site.ts";
import { exposureOf } from "../../src/aws/compute/exposure.ts";
import type {
  BalancerHandle,
  BucketHandle,
  BusHandle,
  CacheHandle,
  DatabaseHandle,
  FileSystemHandle,
  HttpApiHandle,
  QueueHandle,
  ServiceHandle,
  TableHandle,
  TopicHandle,
} from "../../src/aws/handle.ts";
import type { Site } from "../../src/aws/ship.ts";
import type { Component } from "../../src/topology/topology.ts";

const ACCOUNT = "123456789012";
const NOTHING = { access: [], doors: [] };

/** Handles of all components of a site's topology, as if they had been shipped; for what is made of handles alone. */
export function fakeHandles(site: Site): void {
  for (const component of site.shipment.topology.components) fakeHandle(site, component);
}

function fakeHandle(site: Site, component: Component): void {
  const { handles } = site;
  const { id, kind } = component;
  if (kind === "service") return handles.add(fakeService(site, component));
  if (kind === "function") return void fakeFunction(site, id);
  if (kind === "queue") return handles.add(fakeQueue(site, id));
  if (kind === "database") {
    return handles.add(fakeDatabase(site, id, component.settings.engine.startsWith("aurora")));
  }
  if (kind === "cache") return handles.add(fakeCache(id));
  if (kind === "table") {
    const arn = arnIn(site, "dynamodb", `table/${id}`);
    const acceleratorName = component.settings.accelerator ? `${id}-accelerator` : null;
    const table: TableHandle = { id, kind, name: id, arn, acceleratorUrl: null, acceleratorName, ...NOTHING };
    return handles.add(table);
  }
  if (kind === "bucket") {
    return handles.add({ id, kind, name: id, arn: `arn:aws:s3:::${id}`, ...NOTHING } satisfies BucketHandle);
  }
  if (kind === "topic") {
    return handles.add({ id, kind, name: id, arn: arnIn(site, "sns", id), ...NOTHING } satisfies TopicHandle);
  }
  if (kind === "bus") {
    const ruleNames = component.settings.rules.map(({ name }) => name);
    const arn = arnIn(site, "events", `event-bus/${id}`);
    return handles.add({ id, kind, name: id, arn, ruleNames, ...NOTHING } satisfies BusHandle);
  }
  if (kind === "http-api") {
    return handles.add({ id, kind, apiId: `${id}-id`, url: `https://${id}`, ...NOTHING } satisfies HttpApiHandle);
  }
  if (kind === "file-system") return handles.add(fakeFileSystem(site, id));
  if (kind === "volume") {
    const { sizeGiB } = component.settings;
    const tag = { key: "holdfast:volume", value: id };
    return handles.add({ id, kind, path: `/mnt/${id}`, sizeGiB, tag, policyId: `policy-${id}`, ...NOTHING });
  }
  if (kind === "schedule") handles.scheduleGroupName = "schedules";
}

function arnIn({ region }: Site, service: string, resource: string): string {
  return `arn:aws:${service}:${region.name}:${ACCOUNT}:${resource}`;
}

function fakeService(site: Site, component: Extract<Component, { kind: "service" }>): ServiceHandle {
  const { id, settings } = component;
  const { platform, protocol } = settings;
  const { customers, programs } = exposureOf(site.shipment.topology, component);
  const comers = [customers !== null, programs].filter(Boolean).length;
  const type = protocol === "tcp" ? "net" : "app";
  const arns = {
    fargate: arnIn(site, "ecs", `service/shop/${id}`),
    ec2: arnIn(site, "ecs", `service/shop/${id}`),
    eks: arnIn(site, "eks", "cluster/shop"),
  };
  return {
    id,
    kind: "service",
    address: protocol === null ? null : { host: id, port: 80 },
    platform,
    clusterName: "shop",
    name: id,
    arn: arns[platform],
    balancers: [id, `${id}-internal`].slice(0, comers).map((name) => fakeBalancer(site, name, type)),
    securityGroupId: "sg-1",
    logGroupName: id,
    ...NOTHING,
  };
}

function fakeBalancer(site: Site, id: string, type: "app" | "net"): BalancerHandle {
  const fullName = `${type}/${id}/1`;
  return {
    fullName,
    arn: arnIn(site, "elasticloadbalancing", `loadbalancer/${fullName}`),
    dnsName: `${id}.elb.amazonaws.com`,
    zoneId: "Z1",
    targetGroup: { fullName: `targetgroup/${id}/1`, arn: arnIn(site, "elasticloadbalancing", `targetgroup/${id}/1`) },
  };
}

function fakeQueue(site: Site, id: string): QueueHandle {
  const of = (name: string) => ({ arn: arnIn(site, "sqs", name), name, url: `https://sqs/${name}` });
  return {
    id,
    kind: "queue",
    ...of(id),
    deadLetters: of(`${id}-dead-letters`),
    consumeAccess: [],
    visibilityTimeoutMs: 30_000,
    ...NOTHING,
  };
}

function fakeDatabase(site: Site, id: string, aurora: boolean): DatabaseHandle {
  const { shipment, region, presence } = site;
  const name = `${shipment.system}-${shipment.stage}-${id}`;
  return {
    id,
    kind: "database",
    writer: { host: `${id}.writer`, port: 5_432 },
    reader: { host: `${id}.reader`, port: 5_432 },
    secretArn: arnIn(site, "secretsmanager", `secret:${id}`),
    clusterIdentifier: aurora ? name : null,
    instanceIdentifiers: presence.data === "headless" ? [] : ["a", "b", "c"].map((letter) => `${name}-${letter}`),
    arn: arnIn(site, "rds", `${aurora ? "cluster" : "db"}:${name}`),
    proxy: null,
    globalClusterIdentifier: aurora && shipment.topology.regions.length > 1 ? `${name}-${region.name}` : null,
    ...NOTHING,
  };
}

function fakeCache(id: string): CacheHandle {
  return {
    id,
    kind: "cache",
    address: { host: id, port: 6_379 },
    secretArn: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${id}`,
    replicationGroupId: id,
    nodeIds: [1, 2, 3].map((node) => `${id}-00${node}`),
    ...NOTHING,
  };
}

function fakeFileSystem(site: Site, id: string): FileSystemHandle {
  return {
    id,
    kind: "file-system",
    fileSystemId: "fs-1",
    accessPointId: "fsap-1",
    accessPointArn: arnIn(site, "elasticfilesystem", "access-point/fsap-1"),
    arn: arnIn(site, "elasticfilesystem", "file-system/fs-1"),
    path: `/mnt/${id}`,
    ...NOTHING,
  };
}
