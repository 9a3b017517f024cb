import type { Clock } from "../../../base/clock.ts";
import { UserError } from "../../../base/error.ts";
import type { Host } from "../../../base/host.ts";
import { type Ms, formatDuration } from "../../../base/units.ts";
import type { AwsCode } from "../../codes.ts";
import type { Assembly } from "../../synth.ts";
import type { Target } from "../active-region.ts";
import type { Aws } from "../aws.ts";

/** What every stage of a failover has at hand. Only the APIs of `to` are called, unless it is planned. */
export interface Failover {
  readonly aws: Aws;
  readonly target: Target;
  readonly host: Host;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly from: string;
  readonly to: string;
  /** A switchover without loss, for which both regions must be well; else the other region counts as gone. */
  readonly planned: boolean;
  /** The templates of the system as it is when `to` serves. */
  readonly assembly: Assembly;
}

/** How often a stage looks whether AWS has finished. */
const POLL_MS = 5_000;

/**
 * Waits until `look` says that a stage has come to its end; what it says before that is told as progress. Rejects with
 * AWS-036 after `withinMs`.
 */
export async function until(
  { host, clock, signal }: Pick<Failover, "host" | "clock" | "signal">,
  stage: string,
  withinMs: Ms,
  look: () => Promise<string | null>,
): Promise<void> {
  const deadline = clock.now() + withinMs;
  for (let told = ""; ;) {
    const waitsFor = await look();
    if (waitsFor === null) return;
    if (waitsFor !== told) host.say({ level: "progress", about: stage, text: waitsFor });
    told = waitsFor;
    if (clock.now() >= deadline) {
      throw new UserError({
        code: "AWS-036" satisfies AwsCode,
        message: `${stage}: ${waitsFor}, still after ${formatDuration(withinMs)}`,
        fix: "mend what holds it up, then run the same command again: what was done stays done",
      });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

/** A resource of a deployed stack, with its template's properties as they are when `to` serves. */
export interface Deployed {
  readonly stack: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The resources of some types that are deployed in the region that takes over. */
export async function deployedOf(
  { aws, assembly, to }: Pick<Failover, "aws" | "assembly" | "to">,
  types: readonly string[],
): Promise<readonly Deployed[]> {
  const cloudFormation = await aws.cloudFormation(to);
  const found: Deployed[] = [];
  for (const { name, region } of assembly.manifest.stacks) {
    const template = assembly.templates[name];
    const wanted = Object.entries(template?.Resources ?? {}).filter(([, { Type }]) => types.includes(Type));
    if (region !== to || wanted.length === 0) continue;
    const summaries: { LogicalResourceId?: string | undefined; PhysicalResourceId?: string | undefined }[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloudFormation.listStackResources({
        StackName: name,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      summaries.push(...(page.StackResourceSummaries ?? []));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    for (const [logicalId, { Type, Properties }] of wanted) {
      const physicalId = summaries.find(({ LogicalResourceId }) => LogicalResourceId === logicalId)?.PhysicalResourceId;
      if (physicalId === undefined) continue;
      found.push({ stack: name, logicalId, physicalId, type: Type, properties: { ...Properties } });
    }
  }
  return found;
}
