import type { Clock } from "../../../base/clock.ts";
import { UserError } from "../../../base/error.ts";
import { type Ms, formatDuration } from "../../../base/units.ts";
import { RDS } from "../../../facts/database.ts";
import type { AwsCode } from "../../codes.ts";
import type { Aws } from "../aws.ts";
import { callJson } from "./json-call.ts";

/** How far the replica of a database is behind. */
export interface Lag {
  readonly replica: string;
  /** Null where CloudWatch has no recent value: nobody knows. */
  readonly lagMs: Ms | null;
}

/** A replica of a database in the region that takes over. */
export interface Replica {
  /** The cluster's or the instance's identifier. */
  readonly id: string;
  readonly engine: "aurora" | "rds";
}

/** Values that are older say nothing of now. */
const RECENT_MS = 5 * 60_000;

/**
 * What a failover would lose, as the alarms watch it, too. Aurora's other figure, AuroraGlobalDBReplicationLag, is how
 * long its servers take to pass things on.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
 */
const METRIC = {
  aurora: { name: RDS.regionLagMetric.value, unitMs: 1 },
  rds: { name: "ReplicaLag", unitMs: 1_000 },
} as const;

/**
 * How far each replica is behind its writer: the last minute's worst value, as the replica's own region measures
 * it.
 */
export async function lagsOf(
  aws: Aws,
  clock: Clock,
  { region, replicas }: { readonly region: string; readonly replicas: readonly Replica[] },
): Promise<readonly Lag[]> {
  if (replicas.length === 0) return [];
  const now = clock.now();
  const answer = (await callJson(aws, clock, {
    service: "monitoring",
    host: `monitoring.${region}.amazonaws.com`,
    region,
    target: "GraniteServiceVersion20100801.GetMetricData",
    body: {
      StartTime: Math.floor((now - RECENT_MS) / 1_000),
      EndTime: Math.ceil(now / 1_000),
      ScanBy: "TimestampDescending",
      // A search, because the dimensions beside the identifier differ by engine.
      MetricDataQueries: replicas.map(({ id, engine }, at) => ({
        Id: `lag${at}`,
        Expression: `SEARCH('Namespace="AWS/RDS" MetricName="${METRIC[engine].name}" "${id}"', 'Maximum', 60)`,
      })),
    },
  })) as { readonly MetricDataResults?: readonly { readonly Id?: string; readonly Values?: readonly number[] }[] };
  return replicas.map(({ id, engine }, at) => {
    const values = (answer.MetricDataResults ?? [])
      .filter(({ Id }) => Id === `lag${at}`)
      .flatMap(({ Values }) => Values?.[0] ?? []);
    const worst = values.length === 0 ? null : Math.max(...values);
    // A replica whose link is broken reports -1.
    return { replica: id, lagMs: worst === null || worst < 0 ? null : worst * METRIC[engine].unitMs };
  });
}

/** Refuses with AWS-032 where more would be lost than the objective allows, or nobody knows how much. */
export function refuseLag(lags: readonly Lag[], rpoMs: Ms | null, allowDataLoss: boolean): void {
  if (allowDataLoss) return;
  const bad = lags.filter(({ lagMs }) => lagMs === null || (rpoMs !== null && lagMs > rpoMs));
  if (bad.length === 0) return;
  const lines = bad.map(({ replica, lagMs }) =>
    lagMs === null
      ? `${replica}: nobody knows how far it is behind`
      : `${replica} is ${formatDuration(lagMs)} behind (the objective allows ${formatDuration(rpoMs ?? 0)})`,
  );
  throw new UserError({
    code: "AWS-032" satisfies AwsCode,
    message: lines.join("\n"),
    fix: "wait until it has caught up, or lose what is missing with --allow-data-loss",
  });
}
