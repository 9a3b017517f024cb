import { UserError } from "../../base/error.ts";
import { type EdgeComponent, type Topology, componentsOf } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { physicalName } from "../name.ts";
import type { Shipment } from "../ship.ts";

/** The header by which a balancer knows that a request came through the edge. */
export const ORIGIN_VERIFY_HEADER = "X-Origin-Verify";

/** The two ways in which Route 53 picks a region for the edge; both are always there, the strategy takes one. */
export type RoutingFamily = "failover" | "nearest";

/** The edge of a system; null in one without. */
export function edgeOf(topology: Topology): EdgeComponent | null {
  return componentsOf(topology, "edge")[0] ?? null;
}

/** The services that the edge has routes to, each once, in the order of the routes. */
export function routedServices(topology: Topology): readonly string[] {
  return [...new Set((edgeOf(topology)?.settings.routes ?? []).map(({ service }) => service))];
}

/** The hosted zone and domain that the names of origins are in; null where the edge has no hosted zone. */
export function originZone(topology: Topology): { readonly hostedZoneId: string; readonly domain: string } | null {
  const settings = edgeOf(topology)?.settings;
  return settings === undefined || settings.hostedZoneId === null
    ? null
    : { hostedZoneId: settings.hostedZoneId, domain: settings.domain };
}

/**
 * The name of a service's balancer in one region, which Route 53's checkers ask and which {@link originName} leads to.
 *
 * @example originHost(shop, "api", "us-west-2") // "api.us-west-2.origin.shop.example.com"
 */
export function originHost(shipment: Shipment, serviceId: string, region: string): string {
  return `${serviceId}.${region}.origin.${domainOf(shipment)}`;
}

/**
 * The name by which the edge reaches a service, wherever it is served from: the regional one in a system of one
 * region; else one that Route 53 answers with a region that is well, the first one that is (failover) or the nearest
 * one (active-active).
 *
 * Each family has a name of its own, so that a change of the strategy changes no record: Route 53 refuses two routing
 * policies under one name, and the stacks of two regions can't change at once.
 */
export function originName(shipment: Shipment, serviceId: string): string {
  const { regions, recovery } = shipment.topology;
  const [only, second] = regions;
  if (second === undefined) return originHost(shipment, serviceId, only!.name); // a topology has a region
  return familyName(shipment, serviceId, recovery === "active-active" ? "nearest" : "failover");
}

/** What a family of records is called for a service. @example "api.failover.origin.shop.example.com" */
export function familyName(shipment: Shipment, serviceId: string, family: RoutingFamily): string {
  return `${serviceId}.${family}.origin.${domainOf(shipment)}`;
}

/**
 * All names that the edge or a checker reaches a region's balancer by, so those that its certificate must cover. They
 * depend on neither the strategy nor the region that serves.
 */
export function originNames(shipment: Shipment, serviceId: string, region: string): readonly string[] {
  return [
    originHost(shipment, serviceId, region),
    familyName(shipment, serviceId, "failover"),
    familyName(shipment, serviceId, "nearest"),
  ];
}

/** Which value of {@link ORIGIN_VERIFY_HEADER}: the one that is sent, or the one that will be after a rotation. */
export type OriginVerifyValue = "sent" | "next";

/** The name of the secret with a value of {@link ORIGIN_VERIFY_HEADER}, the same in every region. */
export function originVerifySecretName(shipment: Shipment, value: OriginVerifyValue): string {
  return physicalName(shipment, "origin-verify", ...(value === "next" ? ["next"] : []));
}

/**
 * A value of {@link ORIGIN_VERIFY_HEADER}, as a template names it: CloudFormation reads it from the region's own copy
 * of the secret when it deploys, and no template holds it.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function originVerifyReference(shipment: Shipment, value: OriginVerifyValue): string {
  return `{{resolve:secretsmanager:${originVerifySecretName(shipment, value)}:SecretString:value}}`;
}

function domainOf({ topology }: Shipment): string {
  const zone = originZone(topology);
  if (zone) return zone.domain;
  throw new UserError({
    code: "AWS-043" satisfies AwsCode,
    message: "the edge has no hosted zone, and without one its services have no name that it can reach them by",
    fix: 'give "edge" the "hostedZoneId" of a public hosted zone for its domain',
    at: "edge.hostedZoneId",
  });
}
