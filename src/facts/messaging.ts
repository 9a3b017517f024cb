import { documented } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ruleRetry = `${DOCS}/eventbridge/latest/userguide/eb-rule-retry-policy.html`;

/** EventBridge: how long a rule tries to reach a target. */
export const EVENTBRIDGE = {
  retryFor: documented(DAY, "ms", ruleRetry),
  retries: documented(185, "count", ruleRetry),
} as const;

const schedulerRetry = `${DOCS}/scheduler/latest/APIReference/API_RetryPolicy.html`;

/** EventBridge Scheduler: the longest and most often that it tries to reach a target. */
export const SCHEDULER = {
  retryFor: documented(DAY, "ms", schedulerRetry),
  retries: documented(185, "count", schedulerRetry),
} as const;

const queuePolling = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html`;
const dataKeys = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`;

/** SQS: the longest that a receive waits for a message, and how long a data key is used before KMS is asked again. */
export const QUEUE = {
  longestPoll: documented(20_000, "ms", queuePolling),
  dataKeyReuse: documented(5 * MINUTE, "ms", dataKeys, "the default; from one minute to a day"),
} as const;

const streamRetention = `${DOCS}/streams/latest/dev/kinesis-extended-retention.html`;

/** Kinesis Data Streams: how long records are kept where nothing is said. */
export const KINESIS = {
  retention: documented(DAY, "ms", streamRetention),
} as const;

const kafka = `${DOCS}/msk/latest/developerguide/bestpractices.html`;

/** MSK: how many zones a cluster that survives one of them stands in. */
export const MSK = {
  zones: documented(3, "count", kafka, "so that a majority of replicas stays when a zone is lost"),
} as const;
