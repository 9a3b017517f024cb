import { UserError, isUserError, messageOf } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";

interface Meaning {
  readonly code: AwsCode;
  readonly names: RegExp;
  readonly message: string;
  readonly fix: string;
}

const EXPIRED = "sign in again (`aws sso login`, or new keys), then run the same command: it goes on where it was";

const EXPIRED_NAMES = [
  "ExpiredToken",
  "RequestExpired",
  "TokenRefreshRequired",
  "SSOTokenProviderFailure",
  "token (is|has) expired",
  "session.*expired",
];

const CREDENTIAL_NAMES = [
  "CredentialsProviderError",
  "InvalidClientTokenId",
  "UnrecognizedClient",
  "SignatureDoesNotMatch",
  "MissingAuthenticationToken",
  "InvalidAccessKeyId",
  "AuthFailure",
  "could not load credentials",
  "unable to resolve AWS account",
];

/** What a connection ends with, and what a service says that cannot answer. */
const SILENT_NAMES = [
  "ENOTFOUND",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "TimeoutError",
  "NetworkingError",
  "ServiceUnavailable",
  "InternalFailure",
  "InternalError",
  "Internal(Server|Service)",
];

function anyOf(names: readonly string[]): RegExp {
  return new RegExp(names.join("|"), "i");
}

/**
 * What AWS's error names mean to the user; the first that fits.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
 */
const MEANINGS: readonly Meaning[] = [
  {
    code: "AWS-021",
    names: anyOf(EXPIRED_NAMES),
    message: "the AWS credentials have expired",
    fix: EXPIRED,
  },
  {
    code: "AWS-022",
    names: anyOf(CREDENTIAL_NAMES),
    message: "AWS takes none of the credentials that were found",
    fix: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `aws sts get-caller-identity` must work",
  },
  {
    code: "AWS-023",
    names: /AccessDenied|UnauthorizedOperation|NotAuthorized/i,
    message: "the AWS credentials do not allow this",
    fix: "ask for the permission that AWS's message names, then run the same command again",
  },
  {
    code: "AWS-024",
    names: /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|rate exceeded/i,
    message: "AWS throttles the account, and went on when asked again and again",
    fix: "wait a minute and run the same command again: it goes on where it was",
  },
  {
    code: "AWS-025",
    names: anyOf(SILENT_NAMES),
    message: "AWS cannot be reached, or fails",
    fix: "see https://health.aws.amazon.com; if a whole region is gone, `holdfast failover` needs none of it",
  },
  {
    code: "AWS-028",
    names: /bootstrap/i,
    message: "the region is not bootstrapped for the CDK",
    fix: "npx cdk bootstrap aws://ACCOUNT/REGION",
  },
  {
    code: "AWS-059",
    names: /already exists|AlreadyOwnedByYou/i,
    message: "the name of something new is taken, mostly by what an earlier change retained",
    fix: "look at what it names; delete it or give it another name if nobody needs it, then run the same command again",
  },
  {
    code: "AWS-058",
    names: /Asset(Build|Publish)Failed/,
    message: "an image or code could not be built or uploaded",
    fix: "mend what is said above (Docker must run, and build the service's folder), then run the same command again",
  },
];

/**
 * What an error of AWS's, of its SDK or of the CDK's toolkit means, as something that the user can mend; everything
 * else
 * is thrown on as it is. `during` says what was being done.
 */
export function explained(error: unknown, during: string): unknown {
  if (isUserError(error) || !isFromAws(error)) return error;
  const text = textOf(error);
  const meaning = MEANINGS.find(({ names }) => names.test(text));
  const said = `${nameOf(error)}: ${messageOf(error).split("\n")[0]}`;
  if (!meaning) {
    const fix = "mend what AWS's message names, then run the same command again: it goes on where it was";
    return new UserError({ code: "AWS-039", message: `${during}: AWS says ${said}`, fix, cause: error });
  }
  const { code, message, fix } = meaning;
  return new UserError({ code, message: `${during}: ${message} (${said})`, fix, cause: error });
}

/** Runs `act`; what AWS refuses becomes a `UserError` that says so. */
export async function explaining<Result>(during: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw explained(error, during);
  }
}

/** Whether AWS answered with the error `name`. */
export function isAwsError(error: unknown, name: RegExp): boolean {
  return isFromAws(error) && name.test(textOf(error));
}

/** Whether a region says nothing, or that it cannot answer: not that it refuses. */
export function isSilence(error: unknown): boolean {
  return isAwsError(error, anyOf(SILENT_NAMES));
}

/** Errors of the SDK carry `$metadata`; the toolkit's are branded; those of a connection have a code of the system. */
function isFromAws(error: unknown): boolean {
  return chain(error).some((each) => {
    if (typeof each !== "object" || each === null) return false;
    const isToolkit = Object.getOwnPropertySymbols(each).some((symbol) => String(symbol).includes("toolkit"));
    const code = (each as NodeJS.ErrnoException).code;
    const isNetwork = typeof code === "string" && /^E[A-Z_]+$/.test(code) && "syscall" in each;
    return "$metadata" in each || isToolkit || isNetwork || /CredentialsProvider|^TimeoutError$/.test(nameOf(each));
  });
}

/** An error with what caused it, and with what it gathers. */
function chain(error: unknown, found: unknown[] = []): readonly unknown[] {
  if (error === undefined || error === null || found.includes(error)) return found;
  found.push(error);
  if (error instanceof AggregateError) for (const each of error.errors as unknown[]) chain(each, found);
  if (error instanceof Error) chain(error.cause, found);
  return found;
}

/** Everything that an error and its causes say of themselves. */
function textOf(error: unknown): string {
  return chain(error)
    .map((each) => `${nameOf(each)} ${codeOf(each)} ${messageOf(each)}`)
    .join(" ");
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown }).code ?? "");
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
