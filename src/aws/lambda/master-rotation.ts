import { type Credentials, credentialsIn } from "./credentials.ts";
import { CURRENT, PENDING, PREVIOUS, type RotationEvent, type Secrets, versionOf } from "./secret-version.ts";

interface Closing {
  close(): Promise<void>;
}

/** A database, as far as its master goes. Everything may be done twice. */
export interface Master<Session extends Closing> {
  /** Null where the password is refused; rejects where nobody could be asked. */
  logIn(credentials: Credentials): Promise<Session | null>;
  /** Has RDS set another password, whatever it is now. It is in force some time later. */
  reset(password: string): Promise<void>;
}

/** What a rotation of the master's password works on. */
export interface MasterRotation<Session extends Closing> {
  readonly secrets: Secrets;
  readonly secret: string;
  readonly master: Master<Session>;
  readonly newPassword: () => string;
  readonly pause: (ms: number) => Promise<void>;
}

const POLL_MS = 10_000;
/** Six minutes. RDS takes about one, and says no more than that it does so as soon as possible. */
const POLLS = 36;

/**
 * What may be the master's password, in the order in which it is likely: a rotation is under way, or CloudFormation
 * wrote what it had read before one.
 */
const STAGES = [CURRENT, PENDING, PREVIOUS];

/**
 * Logs in as the master, who has one password at a time, and not always the one that the secret says is current: in the
 * midst of a rotation; when the region was lost in one, since copies of the database and of the secret travel apart;
 * and when the database was made from a snapshot. Where none is taken, the current one is set.
 */
export async function logInAsMaster<Session extends Closing>(rotation: MasterRotation<Session>): Promise<Session> {
  const { master } = rotation;
  for (const stage of STAGES) {
    const credentials = await credentialsAt(rotation, stage);
    const session = credentials && (await master.logIn(credentials));
    if (session) return session;
  }
  const current = await neededAt(rotation, CURRENT);
  await master.reset(current.password);
  return untilTaken(rotation, current);
}

/**
 * Does one step of a rotation of the master's password. RDS sets it, for it need not know the former one: whatever
 * became of a rotation that was interrupted, the next one ends well. Each step can be done again; the new version
 * becomes the current one only while the database takes it.
 *
 * CloudFormation gives a database that it changes the current version, so it may undo `setSecret`: then the step after
 * it fails, and Secrets Manager begins again. What it has read before the end and writes after it is the previous
 * version, with which {@link logInAsMaster} still comes in, until the next rotation.
 */
export async function rotateMaster<Session extends Closing>(
  rotation: MasterRotation<Session>,
  event: RotationEvent,
): Promise<void> {
  const { secrets, secret, master } = rotation;
  const { ClientRequestToken: version, Step: step } = event;
  const { isCurrent, former } = await versionOf(secrets, event);
  if (isCurrent) return;
  switch (step) {
    case "createSecret":
      return createVersion(rotation, version);
    case "setSecret":
      return master.reset((await neededAt(rotation, PENDING, version)).password);
    case "testSecret":
      return tryPending(rotation, version);
    case "finishSecret":
      await tryPending(rotation, version);
      return secrets.makeCurrent(secret, version, former);
    default:
      throw new Error(`a rotation has no step ${step}`);
  }
}

async function createVersion<Session extends Closing>(rotation: MasterRotation<Session>, version: string) {
  const { secrets, secret, newPassword } = rotation;
  const current = await neededAt(rotation, CURRENT);
  if ((await secrets.read(secret, { stage: PENDING, id: version })) !== null) return;
  await secrets.writePending(secret, version, JSON.stringify({ ...current, password: newPassword() }));
}

async function tryPending<Session extends Closing>(rotation: MasterRotation<Session>, version: string): Promise<void> {
  const session = await untilTaken(rotation, await neededAt(rotation, PENDING, version));
  await session.close();
}

async function untilTaken<Session extends Closing>(
  { master, pause }: MasterRotation<Session>,
  credentials: Credentials,
): Promise<Session> {
  for (let polls = 0; polls < POLLS; polls += 1) {
    const session = await master.logIn(credentials);
    if (session !== null) return session;
    await pause(POLL_MS);
  }
  throw new Error("the database does not take the master's password yet: try again later");
}

async function neededAt(rotation: MasterRotation<Closing>, stage: string, id?: string): Promise<Credentials> {
  const credentials = await credentialsAt(rotation, stage, id);
  if (credentials === null) throw new Error(`secret ${rotation.secret} has no value that is ${stage}`);
  return credentials;
}

async function credentialsAt(
  { secrets, secret }: MasterRotation<Closing>,
  stage: string,
  id?: string,
): Promise<Credentials | null> {
  const value = await secrets.read(secret, { stage, ...(id === undefined ? {} : { id }) });
  return value === null ? null : credentialsIn(value, `what is ${stage} of secret ${secret}`);
}
