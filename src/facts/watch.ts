import { assumed, documented } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const metricMath = `${DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html`;
const compositeRule = `${DOCS}/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html`;
const alarmWindow = `${DOCS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`;
const runtimes = `${DOCS}/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_nodejs_puppeteer.html`;
const canaryNames = `${DOCS}/AmazonSynthetics/latest/APIReference/API_CreateCanary.html`;

/** CloudWatch: what an alarm may be made of. */
export const CLOUDWATCH = {
  metricsOfAlarm: documented(10, "count", metricMath, "an expression of an alarm takes no more"),
  childrenOfComposite: documented(100, "count", compositeRule),
  shortestPeriod: documented(MINUTE, "ms", alarmWindow, "of metrics of AWS's own services"),
} as const;

/** CloudWatch Synthetics: canaries. */
export const SYNTHETICS = {
  /** Scripts of 13.1 and later name the library `@aws/synthetics-puppeteer`. */
  runtime: documented("syn-nodejs-puppeteer-17.0", "text", runtimes, "Node.js 22; the newest in October 2026"),
  nameLength: documented(255, "count", canaryNames),
} as const;

const fisQuotas = `${DOCS}/fis/latest/userguide/fis-quotas.html`;
const fisTarget = `${DOCS}/fis/latest/APIReference/API_CreateExperimentTemplateTargetInput.html`;
const fisLogging = `${DOCS}/fis/latest/userguide/monitoring-logging.html`;
const fisScenario = `${DOCS}/fis/latest/userguide/az-availability-scenario.html`;

/** Fault Injection Service: what an experiment template may have. */
export const FIS = {
  stopConditions: documented(5, "count", fisQuotas),
  actions: documented(20, "count", fisQuotas),
  targetArns: documented(5, "count", fisTarget, "of one target; others are found by their tags"),
  logSchema: documented(2, "count", fisLogging),
  /** In its scenario of a zone without power, traffic is shifted away so long after the power went. */
  autoshiftAfter: documented(5 * MINUTE, "ms", fisScenario),
} as const;

const planNames = `${DOCS}/arc-region-switch/latest/api/API_CreatePlan.html`;
const planBlocks = `${DOCS}/r53recovery/latest/dg/working-with-rs-execution-blocks.html`;

/** ARC Region switch: plans. */
export const REGION_SWITCH = {
  nameLength: documented(32, "count", planNames),
  rtoMinutes: documented([1, 10_080] as const, "count", planNames, "the least and the most that an objective may be"),
  blockTimeout: documented(60 * MINUTE, "ms", planBlocks, "what a block waits where nothing is said"),
} as const;

const hubPolicy = `${DOCS}/AWSCloudFormation/latest/TemplateReference/aws-resource-resiliencehub-resiliencypolicy.html`;

/** Resilience Hub: policies. */
export const RESILIENCE_HUB = {
  nameLength: documented(60, "count", hubPolicy),
  /** It asks for an objective of every kind of disruption, also where a definition has none. */
  noObjective: assumed(24 * 60 * MINUTE, "ms", hubPolicy, "a day, so that it fails nothing that was not asked for"),
} as const;

const rdsLimits = `${DOCS}/AmazonRDS/latest/UserGuide/CHAP_Limits.html`;

/** RDS and Aurora: connections that a member takes unless a parameter says otherwise, by its memory. */
export const CONNECTIONS = {
  postgresql: {
    bytesEach: documented(9_531_392, "bytes", rdsLimits),
    most: documented(5_000, "count", rdsLimits),
  },
  mysql: {
    bytesEach: documented(12_582_880, "bytes", rdsLimits),
    most: documented(16_000, "count", rdsLimits, "Aurora's own formula gives fewer to small sizes and more to large"),
  },
} as const;
