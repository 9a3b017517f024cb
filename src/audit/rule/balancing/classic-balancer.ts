import { isTrue } from "../../evaluate/judge.ts";
import type { Rule } from "../rule.ts";
import { propertyRule } from "../table.ts";
import { firstPlace, zonalRule } from "../zonal.ts";

const CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer";
const GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic";

/** Rules about classic load balancers. */
export const CLASSIC_BALANCER: readonly Rule[] = [
  zonalRule({
    id: "clb-zones",
    title: "a classic load balancer stands in one zone",
    severity: "high",
    practice: "REL10-BP01",
    type: CLASSIC,
    place: (balancer) => firstPlace(balancer, "Subnets", "AvailabilityZones"),
    why: "With its zone every address of the balancer is gone, wherever its instances are.",
    fix: "set `Subnets` to subnets of two zones or more",
    source: `${GUIDE}/enable-disable-az.html`,
  }),
  propertyRule({
    id: "clb-cross-zone",
    title: "a classic load balancer sends to each zone as much, however few instances are left there",
    severity: "low",
    loss: "instance",
    practice: "REL11-BP02",
    type: CLASSIC,
    property: "CrossZone",
    holds: isTrue,
    why: "A zone that has lost instances keeps its share of requests, and what is left there bears it.",
    fix: "set `CrossZone` to true",
    source: `${GUIDE}/enable-disable-crosszone-lb.html`,
  }),
  propertyRule({
    id: "clb-draining",
    title: "a classic load balancer cuts the requests of an instance that leaves",
    severity: "low",
    loss: "change",
    practice: "REL08-BP05",
    type: CLASSIC,
    property: "ConnectionDrainingPolicy.Enabled",
    holds: isTrue,
    why: "Whenever an instance is replaced or scaled in, the requests that it was answering fail.",
    fix: "set `ConnectionDrainingPolicy.Enabled` to true",
    source: `${GUIDE}/config-conn-drain.html`,
  }),
];
