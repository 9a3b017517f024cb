import { messageOf } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import type { Aws } from "./aws.ts";

/** How to turn accelerated recovery on by hand, and what it is. */
export const ACCELERATED_RECOVERY =
  "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/accelerated-recovery.html";

/** What a deploy does to the hosted zone of the edge, which is the user's. */
export interface ZonePlan {
  readonly id: string;
  /** `unknown`: Route 53 did not say how it is, so it stays so. */
  readonly acceleratedRecovery: "on" | "turn-on" | "unknown";
}

/**
 * The hosted zone whose records must be changeable when us-east-1 is gone; null where there is none, with one region,
 * and for the cheap profile, which leaves the user's zone alone.
 */
export function zoneToRecover(topology: Topology): string | null {
  const { regions, shipping } = topology;
  if (regions.length < 2 || shipping.stage === "dev") return null;
  const ids = componentsOf(topology, "edge").map(({ settings }) => settings.hostedZoneId);
  return ids.find((id) => id !== null) ?? null;
}

/** Whether accelerated recovery is on already, or on its way. Who may not ask gets no error: a deploy goes on. */
export async function planZone(aws: Aws, id: string, host: Host): Promise<ZonePlan> {
  try {
    const { HostedZone } = await (await aws.zones()).getHostedZone({ Id: id });
    const status = HostedZone?.Features?.AcceleratedRecoveryStatus ?? "DISABLED";
    return { id, acceleratedRecovery: /^(ENABLED|ENABLING)/.test(status) ? "on" : "turn-on" };
  } catch (error) {
    host.say({ level: "warning", about: id, text: `Route 53 does not say how the hosted zone is: ${said(error)}` });
    return { id, acceleratedRecovery: "unknown" };
  }
}

/**
 * Turns accelerated recovery on where the plan says so; whether it is on then. After the stacks: while it is being
 * turned on, which takes minutes, Route 53 refuses every change of the zone. What is refused is reported.
 */
export async function changeZone(aws: Aws, { id, acceleratedRecovery }: ZonePlan, host: Host): Promise<boolean> {
  if (acceleratedRecovery !== "turn-on") return acceleratedRecovery === "on";
  try {
    await (await aws.zones()).updateHostedZoneFeatures({ HostedZoneId: id, EnableAcceleratedRecovery: true });
  } catch (error) {
    host.say({ level: "warning", about: id, text: `accelerated recovery could not be turned on: ${said(error)}` });
    return false;
  }
  const text = "accelerated recovery is being turned on; for some minutes no record of the zone can be changed";
  host.say({ level: "info", about: id, text });
  return true;
}

function said(error: unknown): string {
  const name = error instanceof Error ? `${error.name}: ` : "";
  return name + messageOf(error).split("\n")[0];
}
