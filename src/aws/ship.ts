import { CfnDeletionPolicy, type CfnResource, type Stack } from "aws-cdk-lib";
import type { Kind, Region, Topology } from "../topology/topology.ts";
import type { Handles } from "./handle.ts";
import { type Shipped, physicalName } from "./name.ts";
import { type Presence, presenceOf } from "./strategy.ts";
import type { Wire } from "./wire.ts";

/** A stack a region for each of these; a region that is not deployed has `network` for its key and `data`. */
export type RegionStacks = Readonly<Record<"network" | "data" | "messaging" | "compute" | "watch", Stack>>;

/** The stacks of a system, as the escape hatch `aws` of a definition gets them. */
export interface ShippedStacks {
  /** By region. */
  readonly regions: Readonly<Record<string, RegionStacks>>;
  /** Edge and certificates, in us-east-1; null without an edge. Never needed for a failover. */
  readonly global: Stack | null;
  /** What drives a failover, in the region that takes over (with one region, in that one). */
  readonly recovery: Stack;
}

/** What is shipped, as every file of this room is given it. */
export interface Shipment extends Shipped {
  readonly topology: Topology;
  /** The region that serves customers now. */
  readonly active: string;
  /** Collected while stacks are made. */
  readonly wires: Wire[];
}

/** What is shipped of a topology; `active` is the region that serves, the primary one unless it is another. */
export function shipmentOf(topology: Topology, active?: string): Shipment {
  const { system, shipping, regions } = topology;
  const primary = regions[0]!; // a topology has a region
  return { topology, system, stage: shipping.stage, active: active ?? primary.name, wires: [] };
}

/** A zone's subnets. `isolated` has no way to the internet; data lives there. */
export interface NetworkZone {
  readonly zone: string;
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  readonly isolatedSubnetId: string;
}

export interface Network {
  readonly vpcId: string;
  readonly cidr: string;
  readonly zones: readonly NetworkZone[];
}

/** One region of a shipment. */
export interface Site {
  readonly shipment: Shipment;
  readonly region: Region;
  readonly presence: Presence;
  readonly stacks: RegionStacks;
  readonly network: Network;
  /** The key that everything here is encrypted with; a replica of the other region's where there are two. */
  readonly keyArn: string;
  /** The other region; null in a system of one. */
  readonly other: Region | null;
  /** What has been shipped here so far. */
  readonly handles: Handles;
}

/** A site before its network and key are shipped. */
export type BareSite = Omit<Site, "network" | "keyArn">;

/** What the strategy keeps in a region. */
export function presenceIn({ topology, active }: Shipment, region: Region): Presence {
  return presenceOf(topology.recovery, region, active);
}

/** Whether this is the cheap profile, in which nothing is protected. */
export function isDev({ stage }: Shipped): boolean {
  return stage === "dev";
}

/**
 * Keeps a stateful resource when its stack or it goes, but not when its creation failed: a retained one would be in the
 * way of the next attempt. The cheap profile keeps nothing.
 */
export function keep(resource: CfnResource, shipped: Shipped): void {
  const policy = isDev(shipped) ? CfnDeletionPolicy.DELETE : CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.deletionPolicy = policy;
  resource.cfnOptions.updateReplacePolicy = isDev(shipped) ? CfnDeletionPolicy.DELETE : CfnDeletionPolicy.RETAIN;
}

/** Tells a reader of a template which component of the definition a resource belongs to. */
export function tagged(
  shipped: Shipped,
  component: { readonly id: string; readonly kind: Kind },
): { key: string; value: string }[] {
  return [
    { key: "Name", value: physicalName(shipped, component.id) },
    { key: "holdfast:component", value: component.id },
  ];
}
