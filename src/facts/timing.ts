import { assumed, documented, setting } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const targetHealth = `${DOCS}/elasticloadbalancing/latest/application/target-group-health-checks.html`;
const targetAttributes = `${DOCS}/elasticloadbalancing/latest/application/edit-target-group-attributes.html`;
const balancer = `${DOCS}/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html`;

/** Application Load Balancer: how it watches targets and lets go of them. */
export const ALB = {
  healthPath: documented("/", "text", targetHealth),
  healthInterval: setting(documented(30 * SECOND, "ms", targetHealth), 5 * SECOND, 300 * SECOND),
  healthTimeout: setting(documented(5 * SECOND, "ms", targetHealth), 2 * SECOND, 120 * SECOND),
  healthyThreshold: setting(documented(5, "count", targetHealth), 2, 10),
  unhealthyThreshold: setting(documented(2, "count", targetHealth), 2, 10),
  deregistrationDelay: setting(documented(300 * SECOND, "ms", targetAttributes), 0, HOUR),
  dnsTtl: documented(60 * SECOND, "ms", balancer),
} as const;

const healthCheckValues = `${DOCS}/Route53/latest/DeveloperGuide/health-checks-creating-values.html`;

/** Route 53: how it finds out that an address is gone. */
export const ROUTE_53 = {
  healthInterval: documented(30 * SECOND, "ms", healthCheckValues),
  fastHealthInterval: documented(10 * SECOND, "ms", healthCheckValues),
  healthThreshold: setting(documented(3, "count", healthCheckValues), 1, 10),
} as const;

const origin = `${DOCS}/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html`;
const expiration = `${DOCS}/AmazonCloudFront/latest/DeveloperGuide/Expiration.html`;

/** CloudFront: its patience with an origin, and how long it keeps copies. */
export const CLOUDFRONT = {
  connectionAttempts: setting(documented(3, "count", origin), 1, 3),
  connectionTimeout: setting(documented(10 * SECOND, "ms", origin), SECOND, 10 * SECOND),
  responseTimeout: setting(documented(30 * SECOND, "ms", origin), SECOND, 120 * SECOND),
  defaultTtl: documented(DAY, "ms", expiration),
} as const;

const rateCaveats = `${DOCS}/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html`;
const rateRule = `${DOCS}/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html`;

/** WAF: its rule against floods from one address. */
export const WAF = {
  rateWindow: documented(300 * SECOND, "ms", rateRule),
  rateDetection: documented(30 * SECOND, "ms", rateCaveats, "usually less, and up to several minutes"),
  rateLimit: setting(
    assumed(2_000, "requests", rateRule, "AWS has no default; 2,000 in five minutes is what its samples use"),
    10,
    2_000_000_000,
  ),
} as const;

const fargate = `${DOCS}/AmazonECS/latest/developerguide/task_definition_parameters.html`;
const throttle = `${DOCS}/AmazonECS/latest/developerguide/service-throttle-logic.html`;
const targetTracking = `${DOCS}/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html`;

/** ECS on Fargate and Application Auto Scaling: how tasks start, stop, and become more. */
export const ECS = {
  taskStart: assumed(45 * SECOND, "ms", fargate, "AWS gives no figure; 30 to 60 seconds with an image of usual size"),
  stopTimeout: setting(documented(30 * SECOND, "ms", fargate), 0, 120 * SECOND),
  restartBackoffMax: documented(27 * MINUTE, "ms", throttle, "for tasks that never come to run; AWS may change it"),
  scaleOutCooldown: setting(documented(300 * SECOND, "ms", targetTracking), 0, HOUR),
  scaleInCooldown: setting(documented(300 * SECOND, "ms", targetTracking), 0, HOUR),
} as const;

const visibility = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html`;
const messageQuotas = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html`;
const deadLetters = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html`;

/** SQS: how long messages are hidden and kept. */
export const SQS = {
  visibilityTimeout: setting(documented(30 * SECOND, "ms", visibility), 0, 12 * HOUR),
  retention: setting(documented(4 * DAY, "ms", messageQuotas), MINUTE, 14 * DAY),
  maxReceives: setting(
    assumed(5, "count", deadLetters, "AWS has no default; few enough to set poison aside, more than one crash"),
    1,
    1_000,
  ),
} as const;

const auroraAvailability = `${DOCS}/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html`;
const auroraFaqs = "https://aws.amazon.com/rds/aurora/faqs/";
const auroraEndpoint = "https://repost.aws/knowledge-center/aurora-mysql-redirected-endpoint-writer";
const multiAz = `${DOCS}/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html`;

/** Aurora and RDS: how the writer is found, watched and replaced. */
export const DATABASE = {
  endpointTtl: documented(5 * SECOND, "ms", auroraEndpoint),
  auroraFailover: documented(30 * SECOND, "ms", auroraFaqs, "what it typically takes at most, from start to finish"),
  multiAzFailover: documented(
    [60 * SECOND, 120 * SECOND] as const,
    "ms",
    multiAz,
    "from the shortest to the longest that is usual",
  ),
  detectionInterval: assumed(5 * SECOND, "ms", auroraAvailability, "AWS does not say how often it looks"),
  detectionTimeout: assumed(2 * SECOND, "ms", auroraAvailability, "AWS does not say how long it waits"),
  detectionThreshold: assumed(
    2,
    "count",
    auroraAvailability,
    "AWS does not say; with the interval, about 10 s of its 30 s",
  ),
} as const;

const cacheFailover = `${DOCS}/AmazonElastiCache/latest/dg/AutoFailover.html`;

/** ElastiCache: how the primary is found and replaced. */
export const CACHE = {
  failover: assumed(MINUTE, "ms", cacheFailover, "seconds to about a minute, by the size of what is promoted"),
  endpointTtl: assumed(5 * SECOND, "ms", cacheFailover, "AWS gives no figure for the primary endpoint; as Aurora's"),
  maxReplicas: documented(5, "count", cacheFailover),
} as const;

const zonalShift = `${DOCS}/r53recovery/latest/dg/arc-zonal-shift.html`;

/** Application Recovery Controller: zonal shift. */
export const ARC = {
  zonalShiftMax: documented(3 * DAY, "ms", zonalShift, "what a shift lasts at most, unless it is extended"),
} as const;

const agents = `${DOCS}/AmazonECS/latest/developerguide/ecs-agent-versions.html`;

/** How a region's control planes notice that a whole zone is gone. */
export const ZONE_WATCH = {
  interval: assumed(5 * SECOND, "ms", agents, "AWS does not say how often its control planes look for a zone's agents"),
  timeout: assumed(2 * SECOND, "ms", agents, "AWS does not say how long they wait"),
  threshold: assumed(
    3,
    "count",
    agents,
    "AWS does not say; slower than the writer of a database, whose loss costs more",
  ),
} as const;
