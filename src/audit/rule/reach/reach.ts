import type { Rule } from "../rule.ts";
import { ENDPOINT } from "./endpoint.ts";
import { LONE_INSTANCE } from "./lone-instance.ts";
import { NAT_GATEWAY_ZONE } from "./nat-gateway-zone.ts";
import { NAT_INSTANCE } from "./nat-instance.ts";
import { PINNED } from "./pinned.ts";
import { STATIC_STABILITY } from "./static-stability.ts";
import { TARGET } from "./target.ts";
import { ZONE_STOPS_DOOR } from "./zone-stops-door.ts";

/** Rules that follow paths: what is reached by way of what, and in which zones. */
export const REACH: readonly Rule[] = [
  NAT_GATEWAY_ZONE,
  NAT_INSTANCE,
  LONE_INSTANCE,
  ...TARGET,
  ...PINNED,
  ...ENDPOINT,
  ZONE_STOPS_DOOR,
  STATIC_STABILITY,
];
