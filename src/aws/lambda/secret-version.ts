/** What Secrets Manager invokes a rotation function with, four times for a rotation. */
export interface RotationEvent {
  readonly SecretId: string;
  /** The version that is made. */
  readonly ClientRequestToken: string;
  readonly Step: string;
}

/** The part of Secrets Manager that a rotation needs. */
export interface Secrets {
  /** Whether a secret is rotated at all, and the stages of each of its versions. */
  describe(secret: string): Promise<{
    readonly rotates: boolean;
    readonly stages: Readonly<Record<string, readonly string[]>>;
    /** Whether the copies in other regions have the current value. */
    readonly copiesAreEven: boolean;
  }>;
  /** The value of a version; null where that version has none yet. */
  read(secret: string, version: { readonly stage: string; readonly id?: string }): Promise<string | null>;
  /** Gives a version its value, and the stage `AWSPENDING`. */
  writePending(secret: string, id: string, value: string): Promise<void>;
  /** Makes a version the current one, in place of `former`. */
  makeCurrent(secret: string, id: string, former: string | undefined): Promise<void>;
  /** Replaces a value that nothing rotates: what a proxy knows of one user. */
  replace(secret: string, value: string): Promise<void>;
}

/** The stages of a secret's versions: what is used, what a rotation makes, and what was used before. */
export const CURRENT = "AWSCURRENT";
export const PENDING = "AWSPENDING";
export const PREVIOUS = "AWSPREVIOUS";

/**
 * How far the version is that a rotation makes, and which one it follows. Rejects what Secrets Manager would not ask.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export async function versionOf(
  secrets: Secrets,
  { SecretId: secret, ClientRequestToken: version }: RotationEvent,
): Promise<{ readonly isCurrent: boolean; readonly former: string | undefined }> {
  const { rotates, stages } = await secrets.describe(secret);
  if (!rotates) throw new Error(`secret ${secret} is not rotated`);
  const own = stages[version];
  if (own === undefined) throw new Error(`secret ${secret} has no version ${version}`);
  const isCurrent = own.includes(CURRENT);
  if (!isCurrent && !own.includes(PENDING)) throw new Error(`version ${version} of secret ${secret} is not pending`);
  return { isCurrent, former: Object.keys(stages).find((id) => stages[id]?.includes(CURRENT)) };
}
