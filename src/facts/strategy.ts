import { type Fact, assumed } from "./fact.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAPER = "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws";
const OPTIONS = `${PAPER}/disaster-recovery-options-in-the-cloud.html`;

/** How long a region's loss may take to recover from, and how old what is lost may be. */
interface RecoveryLimits {
  readonly rtoMs: number;
  readonly rpoMs: number;
}

const said = (words: string, rtoMs: number, rpoMs: number): Fact<RecoveryLimits> =>
  assumed({ rtoMs, rpoMs }, "ms", OPTIONS, `AWS says "${words}" of its RTO and RPO, and no figure`);

/** What each strategy is good for when a region is lost: AWS's words, and the figures that we take for them. */
export const STRATEGY_LIMITS = {
  "backup-restore": said("hours", 24 * HOUR, 24 * HOUR),
  "pilot-light": said("10s of minutes", 60 * MINUTE, 10 * MINUTE),
  "warm-standby": said("minutes", 15 * MINUTE, 5 * MINUTE),
  "active-active": said("real-time", 15 * MINUTE, 5 * MINUTE), // one writer has to be promoted, too
} as const;
