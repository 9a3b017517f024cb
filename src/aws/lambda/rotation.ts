import { type Credentials, credentialsIn } from "./credentials.ts";
import { CURRENT, PENDING, type RotationEvent, type Secrets, versionOf } from "./secret-version.ts";

/** A database or a cache, as the one who administers it sees it. Everything may be done twice. */
export interface Accounts {
  /** Makes the role that owns what programs create, with all that it may do; nothing where it is there. */
  prepare(): Promise<void>;
  exists(username: string): Promise<boolean>;
  /** Makes a user, or gives it another password. */
  set(credentials: Credentials): Promise<void>;
  /** Logs in; rejects where that fails. */
  tryLogin(credentials: Credentials): Promise<void>;
  close(): Promise<void>;
}

/** What a rotation works on. */
export interface Rotation {
  readonly secrets: Secrets;
  readonly accounts: Accounts;
  /** The two users that alternate. */
  readonly users: readonly [string, string];
  /** The secret of each user by itself, for a proxy, which must know both; empty without one. */
  readonly ofUser: Readonly<Record<string, string>>;
  readonly newPassword: () => string;
}

/**
 * Does one step of a rotation by alternating users: the new version of the secret names the user that the current one
 * does not, so that a program which started with the current one can log in until the rotation after this. Each step
 * can be done again. The first rotation also makes the users, so that nobody has to before a first deploy.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export async function rotate(rotation: Rotation, event: RotationEvent): Promise<void> {
  const { SecretId: secret, ClientRequestToken: version, Step: step } = event;
  const { isCurrent, former } = await versionOf(rotation.secrets, event);
  if (isCurrent) return;
  switch (step) {
    case "createSecret":
      return createVersion(rotation, secret, version);
    case "setSecret":
      return setUser(rotation, secret, version);
    case "testSecret":
      return rotation.accounts.tryLogin(await pendingOf(rotation, secret, version));
    case "finishSecret":
      return rotation.secrets.makeCurrent(secret, version, former);
    default:
      throw new Error(`a rotation has no step ${step}`);
  }
}

async function createVersion({ secrets, users, newPassword }: Rotation, secret: string, version: string) {
  const current = await currentOf(secrets, secret);
  if ((await secrets.read(secret, { stage: PENDING, id: version })) !== null) return;
  const [first, second] = users;
  const next: Credentials = {
    ...current,
    username: current.username === first ? second : first,
    password: newPassword(),
  };
  await secrets.writePending(secret, version, JSON.stringify(next));
}

/** The current user is only made, never changed: programs log in as it while this runs. */
async function setUser(rotation: Rotation, secret: string, version: string): Promise<void> {
  const { accounts, secrets, ofUser } = rotation;
  const current = await currentOf(secrets, secret);
  const pending = await pendingOf(rotation, secret, version);
  await accounts.prepare();
  const isFirst = !(await accounts.exists(current.username));
  for (const credentials of isFirst ? [current, pending] : [pending]) {
    await accounts.set(credentials);
    const mirror = ofUser[credentials.username];
    if (mirror !== undefined) await secrets.replace(mirror, JSON.stringify(credentials));
  }
}

async function currentOf(secrets: Secrets, secret: string): Promise<Credentials> {
  return credentialsIn(await secrets.read(secret, { stage: CURRENT }), `the current version of secret ${secret}`);
}

async function pendingOf({ secrets, users }: Rotation, secret: string, version: string): Promise<Credentials> {
  const what = `the pending version of secret ${secret}`;
  const pending = credentialsIn(await secrets.read(secret, { stage: PENDING, id: version }), what);
  if (!users.includes(pending.username)) throw new Error(`${what} names neither of the users that alternate`);
  return pending;
}
