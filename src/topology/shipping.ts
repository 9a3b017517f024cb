import type { Ms } from "../base/units.ts";
import type { Definition } from "../definition/validate.ts";

/** A network that exists already, in one region. */
export interface ExistingNetwork {
  readonly vpcId: string;
  readonly cidr: string;
  /** A subnet a zone, in the order of the region's zones. */
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  /** Without a way to the internet; the private ones where there are none of their own. */
  readonly isolatedSubnets: readonly string[];
}

/** What only AWS needs to know of a system. */
export interface ShippingSettings {
  /** `dev`: two zones, one NAT gateway, the smallest sizes, nothing protected. Never the default. */
  readonly stage: "production" | "dev";
  readonly network: {
    /** A range for each region in turn, /16 each, not overlapping. */
    readonly cidrs: readonly string[];
    /** A NAT gateway a zone, a regional one, or none: then endpoints alone lead out. */
    readonly nat: "zone" | "regional" | "none";
    /** What AWS does about traffic within a network that it could not encrypt; in the stage `dev` nothing. */
    readonly encryption: "monitor" | "enforce" | "off";
    /** By region; those not named get a network of their own. */
    readonly existing: Readonly<Record<string, ExistingNetwork>>;
  };
  readonly backups: {
    readonly everyMs: Ms;
    readonly keepMs: Ms;
    /** AWS Backup Vault Lock; `compliance` can never be taken back. */
    readonly lock: "governance" | "compliance" | "off";
    readonly testRestores: boolean;
  };
  readonly alerts: { readonly emails: readonly string[]; readonly topicArns: Readonly<Record<string, string>> };
  /** Null: a trail of its own; else the name or ARN of one that exists. */
  readonly trail: string | null;
  /** Keys that exist already, by region; those not named get a key of their own. */
  readonly keys: Readonly<Record<string, string>>;
  /** On-demand capacity kept for the second region. */
  readonly reserveCapacity: boolean;
}

/** What a definition says of how it is shipped; `stage` may be another one than its own. */
export function shippingSettings(definition: Definition, stage: ShippingSettings["stage"]): ShippingSettings {
  const { network, backups, alerts, trail, keys, reserveCapacity } = definition;
  const existing = Object.entries(network.existing).map(([region, { isolatedSubnets, ...found }]) => {
    return [region, { ...found, isolatedSubnets: isolatedSubnets ?? found.privateSubnets }] as const;
  });
  return {
    stage,
    network: {
      cidrs: network.cidrs,
      nat: network.nat,
      encryption: stage === "dev" ? "off" : network.encryption,
      existing: Object.fromEntries(existing),
    },
    backups: {
      everyMs: backups.every,
      keepMs: backups.keep,
      lock: backups.lock,
      testRestores: backups.testRestores,
    },
    alerts: { emails: alerts.emails, topicArns: { ...alerts.topicArns } },
    trail,
    keys: { ...keys },
    reserveCapacity,
  };
}
