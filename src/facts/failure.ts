import { type Fact, assumed, documented } from "./fact.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR_MS = 525_600 * MINUTE;

const events = "https://aws.amazon.com/premiumsupport/technology/pes/";
const whitepaper = "https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience";
const health = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instances-status-check_sched.html";
const deployments = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html";

/** The least and the most that a figure may be. */
export type Range = readonly [low: number, high: number];

/** How long something works between two failures, and how long it stays failed where nothing takes over. */
export interface FailureRate {
  readonly betweenMs: Fact<Range>;
  readonly repairMs: Fact<Range>;
}

const every = (low: number, high: number, url: string, note: string): Fact<Range> =>
  assumed([low * YEAR_MS, high * YEAR_MS] as const, "ms", url, note);
const repair = (low: number, high: number, url: string, note: string): Fact<Range> =>
  assumed([low, high] as const, "ms", url, note);

/**
 * How often things fail. AWS publishes service levels and reports on its largest events, and no failure rates: every
 * figure here is ours, wide on purpose.
 */
export const FAILURE = {
  /** A task, a node, a member of a database or cache, for whatever reason of its own. */
  instance: {
    betweenMs: every(
      0.5,
      10,
      health,
      "once in ten years of good hardware, to twice a year with retirements and crashes",
    ),
    repairMs: repair(30 * SECOND, 30 * MINUTE, health, "from a new task to a new member of a database"),
  },
  zone: {
    betweenMs: every(
      5,
      100,
      events,
      "about ten losses of power or cooling are reported in ten years of some 100 zones",
    ),
    repairMs: repair(30 * MINUTE, 12 * HOUR, events, "what the reported ones took"),
  },
  region: {
    betweenMs: every(2, 20, events, "in us-east-1 one every two years or so was reported, in most regions none yet"),
    repairMs: repair(2 * HOUR, 16 * HOUR, events, "what the reported ones took"),
  },
  /** A regional service of AWS's, such as SQS, in one region. */
  service: {
    betweenMs: every(
      2,
      20,
      events,
      "single services fail about as often as regions are reported to, and for less long",
    ),
    repairMs: repair(15 * MINUTE, 4 * HOUR, events, "what the reported ones took"),
  },
  /** What is of no region: CloudFront, Route 53's answers, Global Accelerator. */
  edge: {
    betweenMs: every(5, 50, events, "few are reported of the services that answer at the edge"),
    repairMs: repair(15 * MINUTE, 2 * HOUR, events, "what the reported ones took"),
  },
  /** A version that passes its health checks and fails its customers: a common cause of all tasks everywhere. */
  deployment: {
    betweenMs: every(0.5, 5, deployments, "of those that no health check catches; your own history says better"),
    repairMs: repair(5 * MINUTE, 30 * MINUTE, deployments, "until somebody notices, and the former version is back"),
  },
  /** An instance that goes on without working: it answers nobody, and does not exit. */
  hang: {
    betweenMs: every(1, 20, health, "a part of what befalls instances: a full disk, a dead lock, a clock that jumps"),
    repairMs: repair(10 * MINUTE, 2 * HOUR, health, "until somebody notices, where no health check does"),
  },
  /** A service of AWS's, or a database, that answers slowly. */
  brownOut: {
    betweenMs: every(0.5, 5, events, "several times as often as an outage of the same"),
    repairMs: repair(5 * MINUTE, 2 * HOUR, events, "shorter than outages, which many of them begin as"),
  },
  /** Somebody changes what was well: a wrong setting, a certificate that runs out, a quota that is reached. */
  operator: {
    betweenMs: every(1, 10, events, "a part of the reported events began so; your own history says better"),
    repairMs: repair(10 * MINUTE, 2 * HOUR, events, "until it is noticed and taken back"),
  },
} as const satisfies Readonly<Record<string, FailureRate>>;

/** What can fail, as assumptions name it. */
export type FailureKind = keyof typeof FAILURE;

/** A year as availability is counted in AWS's papers: 525,600 minutes. */
export const YEAR = documented(YEAR_MS, "ms", `${whitepaper}/measuring-availability.html`, "without leap years");
