import { MONTHLY } from "../../facts/price.ts";
import { type Value, field, items, literal, numberOf } from "../template.ts";
import { type Pricer, monthlyCharge } from "./charge.ts";

const MINUTES_PER_MONTH = 60 * 730;

const alarm: Pricer = ({ properties }) => {
  const metrics = items(properties["Metrics"]).filter((each) => field(each, "MetricStat") !== undefined).length;
  return [monthlyCharge("alarm metrics", MONTHLY.alarmMetric, Math.max(1, metrics))];
};

const healthCheck: Pricer = ({ properties }) => {
  const config = (name: string): Value => field(properties, `HealthCheckConfig.${name}`);
  const features = [
    literal(config("Type"))?.startsWith("HTTPS"),
    numberOf(config("RequestInterval")) === 10,
    config("SearchString") !== undefined,
    config("MeasureLatency") === true,
  ].filter(Boolean).length;
  return [
    monthlyCharge("Route 53 health checks", MONTHLY.healthCheck),
    ...(features === 0 ? [] : [monthlyCharge("features of health checks", MONTHLY.healthCheckFeature, features)]),
  ];
};

const firewall: Pricer = ({ properties }) => [
  monthlyCharge("web ACLs", MONTHLY.webAcl),
  monthlyCharge("rules of web ACLs", MONTHLY.webAclRule, items(properties["Rules"]).length),
];

/** Runs of a canary: its schedule as a rate; null where it is something else. */
const canary: Pricer = ({ properties }) => {
  const match = /^rate\((\d+) (minute|hour)s?\)$/.exec(literal(field(properties, "Schedule.Expression")) ?? "");
  const everyMinutes = match ? Number(match[1]) * (match[2] === "hour" ? 60 : 1) : undefined;
  if (everyMinutes === undefined || everyMinutes === 0) {
    return [{ what: "canary runs", quantity: 0, usdPerMonth: null }];
  }
  return [monthlyCharge("canary runs", MONTHLY.canaryRun, Math.round(MINUTES_PER_MONTH / everyMinutes))];
};

/** What watches, routes and recovers. */
export const WATCH_PRICES: Readonly<Record<string, Pricer>> = {
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::CloudWatch::CompositeAlarm": () => [monthlyCharge("composite alarms", MONTHLY.compositeAlarm)],
  "AWS::CloudWatch::Dashboard": () => [monthlyCharge("dashboards", MONTHLY.dashboard)],
  "AWS::Synthetics::Canary": canary,
  "AWS::Route53::HealthCheck": healthCheck,
  "AWS::Route53::HostedZone": () => [monthlyCharge("hosted zones", MONTHLY.hostedZone)],
  "AWS::WAFv2::WebACL": firewall,
  "AWS::ARCRegionSwitch::Plan": () => [monthlyCharge("Region switch plans", MONTHLY.regionSwitchPlan)],
  "AWS::ResilienceHub::App": () => [monthlyCharge("Resilience Hub applications", MONTHLY.resilienceHubApp)],
};
