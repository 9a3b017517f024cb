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
  /** A zone that works and that nobody outside of it reaches, nor it anybody. */
  partition: {
    betweenMs: every(10, 200, events, "few of the reported events of zones are of the network alone"),
    repairMs: repair(10 * MINUTE, 4 * HOUR, events, "shorter than what takes hands in the building"),
  },
  /** A zone that is reached, and reaches nobody outside of it: its health checks are well, and what it does fails. */
  oneWay: {
    betweenMs: every(20, 400, events, "half as often as both ways, since most of what breaks a link breaks both"),
    repairMs: repair(10 * MINUTE, 4 * HOUR, events, "as of both ways"),
  },
  /** A zone whose links lose packets, so that what goes through it is slow. */
  slowLink: {
    betweenMs: every(5, 100, events, "twice as often as a link that is broken; reports speak of loss of packets"),
    repairMs: repair(10 * MINUTE, 4 * HOUR, events, "as of links that are broken"),
  },
  /** Somebody changes what was well: a wrong setting, a certificate that runs out, a quota that is reached. */
  operator: {
    betweenMs: every(1, 10, events, "a part of the reported events began so; your own history says better"),
    repairMs: repair(10 * MINUTE, 2 * HOUR, events, "until it is noticed and taken back"),
  },
} as const satisfies Readonly<Record<string, FailureRate>>;

/** How often something that is done goes wrong, as a share, and how long it takes a person to mend that. */
export interface MishapRate {
  readonly share: Fact<Range>;
  readonly mendMs: Fact<Range>;
}

const failovers =
  "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_dr_tested.html";
const mishap = (low: number, high: number, note: string): Fact<Range> =>
  assumed([low, high] as const, "share", failovers, note);

/** Failovers that fail. AWS says to test them, and not how often they do not do what they should: ours. */
export const MISHAP = {
  /** A promotion of another member, by AWS. */
  promotion: {
    share: mishap(0.002, 0.05, "AWS does them by the thousand; what fails is left to a person"),
    mendMs: repair(10 * MINUTE, 2 * HOUR, failovers, "until somebody has seen why"),
  },
  /** Another region taking over: done rarely, and by hand. */
  takeover: {
    share: mishap(0.03, 0.3, "a quota, a missing secret, a drifted template; one that is tested often fails the less"),
    mendMs: repair(15 * MINUTE, 4 * HOUR, failovers, "until somebody has seen why, and changed it"),
  },
} as const satisfies Readonly<Record<string, MishapRate>>;

/** What can fail, as assumptions name it. */
export type FailureKind = keyof typeof FAILURE;

/** A year as availability is counted in AWS's papers: 525,600 minutes. */
export const YEAR = documented(YEAR_MS, "ms", `${whitepaper}/measuring-availability.html`, "without leap years");
