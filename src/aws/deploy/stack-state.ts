import type { Clock } from "../../base/clock.ts";
import { UserError } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import type { AwsCode } from "../codes.ts";
import type { Aws } from "./aws.ts";
import type { TemplateBody } from "./plan.ts";
import { isAwsError } from "./refusal.ts";

/** A stack, by its name and region. */
export interface StackName {
  readonly name: string;
  readonly region: string;
}

/** A stack as CloudFormation has it. */
export interface StackState extends StackName {
  /** Null where there is none. */
  readonly status: string | null;
  readonly isProtected: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** When it was last made or changed, in milliseconds since 1970; 0 where there is none. */
  readonly changedAt: number;
}

/** How often CloudFormation is asked again that tells what was before, as it may for a moment after a change. */
const READS = 12;

/** How often CloudFormation is asked whether a stack has come to rest: it throttles those who ask every second. */
const POLL_MS = 5_000;

/** What CloudFormation knows of a stack. */
export async function readState(aws: Aws, { name, region }: StackName): Promise<StackState> {
  const none = { name, region, status: null, isProtected: false, outputs: {}, parameters: {}, changedAt: 0 };
  try {
    const { Stacks } = await (await aws.cloudFormation(region)).describeStacks({ StackName: name });
    const stack = Stacks?.[0];
    if (stack?.StackStatus === undefined || stack.StackStatus === "DELETE_COMPLETE") return none;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
    const parameters = (stack.Parameters ?? []).map((each) => [each.ParameterKey, each.ParameterValue]);
    return {
      name,
      region,
      status: stack.StackStatus,
      isProtected: stack.EnableTerminationProtection === true,
      outputs: Object.fromEntries(outputs) as Record<string, string>, // CloudFormation gives both, always
      parameters: Object.fromEntries(parameters) as Record<string, string>,
      changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.getTime() ?? 0,
    };
  } catch (error) {
    if (isAwsError(error, /does not exist/)) return none;
    throw error;
  }
}

/** The template that a stack was last deployed with; null where it never was. */
export async function readTemplate(aws: Aws, { name, region, status }: StackState): Promise<TemplateBody | null> {
  if (status === null || status === "REVIEW_IN_PROGRESS" || status === "ROLLBACK_COMPLETE") return null;
  const cloudFormation = await aws.cloudFormation(region);
  const { TemplateBody } = await cloudFormation.getTemplate({ StackName: name, TemplateStage: "Original" });
  return JSON.parse(TemplateBody ?? "{}") as TemplateBody; // the CDK writes JSON, and nothing else deploys these stacks
}

/** What waiting for AWS needs. */
export interface Waiting {
  readonly clock: Clock;
  readonly host: Host;
  readonly signal: AbortSignal;
}

/**
 * Waits until nothing is under way on a stack: an interrupted run left CloudFormation at work. Progress goes to `host`.
 */
export async function settled(aws: Aws, name: StackName, { clock, host, signal }: Waiting): Promise<StackState> {
  for (let told = ""; ;) {
    const state = await readState(aws, name);
    if (!isUnderWay(state)) return state;
    if (told !== state.status) {
      told = state.status ?? "";
      host.say({ level: "info", about: name.name, text: `${told} since before: waiting for its end` });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

/** Waits until nothing is under way on a stack and it is told as `isSeen` asks. Gives what was told last. */
export async function seen(
  aws: Aws,
  name: StackName,
  isSeen: (state: StackState) => boolean,
  waiting: Waiting,
): Promise<StackState> {
  for (let reads = 1; ; reads += 1) {
    const state = await settled(aws, name, waiting);
    if (isSeen(state) || reads === READS) return state;
    await waiting.clock.sleep(POLL_MS, waiting.signal);
  }
}

/** Whether CloudFormation is at work on it. A change set that was never executed is no work. */
export function isUnderWay({ status }: StackState): boolean {
  return status?.endsWith("_IN_PROGRESS") === true && status !== "REVIEW_IN_PROGRESS";
}

/** A state that a person must know of: what it is, and the command that ends it. */
export interface Trouble {
  readonly text: string;
  readonly fix: string;
  /** Whether a deploy cannot go on before it is mended. */
  readonly blocks: boolean;
}

/** CloudFormation deletes nothing that is protected from deletion, such as a balancer or a database. */
const UNPROTECT = "take the deletion protection off what its events name,";

/**
 * What a stack's state means for a deploy; null where it is fine.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export function troubleOf({ name, region, status }: StackState): Trouble | null {
  const aws = (command: string): string => `aws cloudformation ${command} --stack-name ${name} --region ${region}`;
  switch (status) {
    case "UPDATE_ROLLBACK_FAILED":
      return {
        text: "an update failed, and so did its rollback",
        fix: `mend what its events name, then ${aws("continue-update-rollback")}`,
        blocks: true,
      };
    case "ROLLBACK_FAILED":
    case "CREATE_FAILED":
      return {
        text: "it was never created whole, and its rollback failed",
        // Retained except by the rollback of its creation, which is over: a database would stay, its name in the way.
        fix: `${UNPROTECT} delete those that hold data, then ${aws("delete-stack")}`,
        blocks: true,
      };
    case "DELETE_FAILED":
      return {
        text: "it could not be deleted",
        fix: `${UNPROTECT} then ${aws("delete-stack")}; what --retain-resources leaves is in the way later`,
        blocks: true,
      };
    case "UPDATE_FAILED":
      return { text: "an update failed and waits", fix: aws("rollback-stack"), blocks: true };
    case "IMPORT_ROLLBACK_FAILED":
      return { text: "an import failed, and so did its rollback", fix: aws("continue-update-rollback"), blocks: true };
    case "REVIEW_IN_PROGRESS":
      return {
        text: "a change set was made and never executed; this deploy makes a new one",
        fix: `to be rid of it: ${aws("delete-stack")}`,
        blocks: false,
      };
    case "ROLLBACK_COMPLETE":
      return {
        text: "its creation failed and was rolled back; this deploy deletes the empty stack and starts over",
        fix: aws("describe-stack-events"),
        blocks: false,
      };
    default:
      return null;
  }
}

/** Refuses with AWS-026, all at once, to go on with stacks that a person must mend first. */
export function refuseTrouble(states: readonly StackState[]): void {
  const blocked = states.flatMap((state) => {
    const trouble = troubleOf(state);
    return trouble?.blocks ? [{ state, ...trouble }] : [];
  });
  if (blocked.length === 0) return;
  throw new UserError({
    code: "AWS-026" satisfies AwsCode,
    message: blocked.map(({ state, text }) => `${state.name} is in ${state.status}: ${text}`).join("\n"),
    fix: blocked.map(({ fix }) => fix).join("\n       "),
  });
}
