import { assumed } from "./fact.ts";

const tracking =
  "https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html";
const retries = "https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/";
const surge = "https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/";
const caching = "https://aws.amazon.com/builders-library/caching-challenges-and-strategies/";

/** How customers load a system, and how it bears that. AWS knows none of it: these are ours. */
export const LOAD = {
  requestMs: assumed(100, "ms", tracking, "what a request takes while all is well; yours says better"),
  patienceMs: assumed(1_000, "ms", retries, "after which a customer tries again, as those of a drill do"),
  attempts: assumed(3, "count", retries, "how often a customer tries, as those of a drill do"),
  /** Where tasks are scaled to a target, the share of what they can bear at most that this is. */
  targetShare: assumed(0.7, "share", tracking, "targets are set so that what comes while new tasks start is borne"),
  /** The least load of a day, as a share of its peak. */
  trough: assumed(0.3, "share", tracking, "customers of one part of the world sleep"),
  /** Work that a task lets wait before it refuses more, in terms of the time that it takes. */
  queueMs: assumed(5_000, "ms", surge, "what waits in sockets and pools of a program that sheds no load"),
  /** Of what a database bears at most, what it is asked for at the peak. */
  databaseShare: assumed(0.3, "share", caching, "sized so that it bears its peak, also while the cache is empty"),
  /** How many times the usual work an operation is for a database while the cache before it is empty. */
  coldFactor: assumed(3, "count", caching, "what a cache spares a database; from nothing to tens of times as much"),
  /** After which an empty cache has all but a third of what it is asked for. */
  warmMs: assumed(5 * 60_000, "ms", caching, "until most of what is asked for was asked for once"),
  /** How long an entry of a cache is kept. */
  entryMs: assumed(10 * 60_000, "ms", caching, "entries are kept for minutes, so that they are not too old"),
  /** How many times longer requests take that wait for what is browned out. */
  slowdown: assumed(5, "count", surge, "a dependency that answers in half a second instead of in a tenth"),
} as const;
