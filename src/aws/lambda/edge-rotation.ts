import { CURRENT, PENDING, type RotationEvent, type Secrets, versionOf } from "./secret-version.ts";

/** CloudFront, and the balancers behind it in every region. Everything may be done twice. */
export interface FrontDoor {
  /** What the distribution sends to its origins; null while a change of it is on its way to CloudFront's places. */
  sent(): Promise<readonly string[] | null>;
  /** Makes the distribution send this to all of them. */
  send(value: string): Promise<void>;
  /** Makes the balancers let in who sends one of these, and nobody else. */
  accept(values: readonly string[]): Promise<void>;
}

/** What a rotation works on. */
export interface EdgeRotation {
  readonly secrets: Secrets;
  readonly door: FrontDoor;
  /** The secret with the value after the one that is sent. */
  readonly nextSecret: string;
  readonly newValue: () => string;
  readonly pause: (ms: number) => Promise<void>;
}

const POLL_MS = 15_000;
/** Twelve minutes: CloudFront takes some five, and a function may take fifteen. */
const POLLS = 48;

/** What CloudFormation had read before the secret changed, it has written by then. */
const SETTLE_MS = 60_000;

/**
 * Does one step of the rotation of what the edge sends. There are two secrets: the value that is sent, and the next
 * one, which balancers let in as well, though nobody sends it yet. So a rotation begins with what is let in already,
 * and whenever a stack is updated meanwhile, CloudFormation reads a pair of which both are good: it writes the first
 * secret into the distribution, and both into the balancers' rules. (One secret with two fields would do as well, but
 * CloudFormation makes up a single random value of a secret, and the other one would have to be in the template.)
 *
 * | when it is interrupted after   | is sent | is let in   | first secret | second secret |
 * |--------------------------------|---------|-------------|--------------|---------------|
 * | the rotation before            | old     | old, new    | old          | new           |
 * | `setSecret`                    | old→new | old, new    | old          | new           |
 * | `testSecret`                   | new     | old, new    | old          | new           |
 * | `finishSecret`, first half     | new     | old, new    | new          | new           |
 * | `finishSecret`                 | new     | new, newer  | new          | newer         |
 *
 * Each step can be done again. The old value is let in until nothing can send it any more: not before CloudFront has
 * the new one everywhere, and the secret's copies in other regions have it, from which stacks are deployed there.
 */
export async function rotateEdge(rotation: EdgeRotation, event: RotationEvent): Promise<void> {
  const { SecretId: secret, ClientRequestToken: version, Step: step } = event;
  const { isCurrent, former } = await versionOf(rotation.secrets, event);
  switch (step) {
    case "createSecret":
      return isCurrent ? undefined : createVersion(rotation, secret, version);
    case "setSecret":
      return isCurrent ? undefined : sendNext(rotation, secret, version);
    case "testSecret":
      return isCurrent ? undefined : untilSent(rotation, await pendingOf(rotation, secret, version));
    case "finishSecret":
      if (!isCurrent) {
        await untilSent(rotation, await pendingOf(rotation, secret, version));
        await rotation.secrets.makeCurrent(secret, version, former);
      }
      return endFormer(rotation, secret);
    default:
      throw new Error(`a rotation has no step ${step}`);
  }
}

async function createVersion(rotation: EdgeRotation, secret: string, version: string): Promise<void> {
  const { secrets, nextSecret, newValue } = rotation;
  if ((await secrets.read(secret, { stage: PENDING, id: version })) !== null) return;
  const [current, next] = [await valueOf(rotation, secret), await valueOf(rotation, nextSecret)];
  // They are the same where the last rotation was interrupted in the middle of its end.
  await secrets.writePending(secret, version, textOf(next === current ? newValue() : next));
}

async function sendNext(rotation: EdgeRotation, secret: string, version: string): Promise<void> {
  const { secrets, nextSecret, door } = rotation;
  const [current, pending] = [await valueOf(rotation, secret), await pendingOf(rotation, secret, version)];
  if ((await valueOf(rotation, nextSecret)) !== pending) await secrets.replace(nextSecret, textOf(pending));
  await untilEven(rotation, nextSecret);
  const sent = await untilAtRest(rotation);
  await door.accept([...new Set([...sent, current, pending])]);
  await door.send(pending);
}

/** The first secret has the new value, so nothing brings the old one back but what had read it before. */
async function endFormer(rotation: EdgeRotation, secret: string): Promise<void> {
  const { secrets, nextSecret, door, newValue, pause } = rotation;
  const current = await valueOf(rotation, secret);
  await untilEven(rotation, secret);
  await pause(SETTLE_MS);
  await door.send(current);
  await untilSent(rotation, current);
  if ((await valueOf(rotation, nextSecret)) === current) await secrets.replace(nextSecret, textOf(newValue()));
  await door.accept([current, await valueOf(rotation, nextSecret)]);
}

/** Waits until CloudFront sends nothing but this, wherever it is. Rejects when it sends something else. */
async function untilSent(rotation: EdgeRotation, value: string): Promise<void> {
  const sent = await untilAtRest(rotation);
  // A stack was updated meanwhile; the next attempt sends the new value again.
  if (sent.some((each) => each !== value)) throw new Error("the distribution sends another value");
}

async function untilAtRest({ door, pause }: EdgeRotation): Promise<readonly string[]> {
  for (let polls = 0; polls < POLLS; polls += 1) {
    const sent = await door.sent();
    if (sent !== null) return sent;
    await pause(POLL_MS);
  }
  throw new Error("CloudFront has not finished yet: try again later");
}

async function untilEven({ secrets, pause }: EdgeRotation, secret: string): Promise<void> {
  for (let polls = 0; polls < POLLS; polls += 1) {
    if ((await secrets.describe(secret)).copiesAreEven) return;
    await pause(POLL_MS);
  }
  throw new Error(`the copies of secret ${secret} in other regions are behind`);
}

async function valueOf({ secrets }: EdgeRotation, secret: string): Promise<string> {
  return valueIn(await secrets.read(secret, { stage: CURRENT }), `the current version of secret ${secret}`);
}

async function pendingOf({ secrets }: EdgeRotation, secret: string, version: string): Promise<string> {
  const what = `the pending version of secret ${secret}`;
  return valueIn(await secrets.read(secret, { stage: PENDING, id: version }), what);
}

/** A value as templates refer to it. */
function textOf(value: string): string {
  return JSON.stringify({ value });
}

/** Messages say which secret, never what is in it. */
function valueIn(text: string | null, what: string): string {
  let found: { readonly value?: unknown } | null = null;
  try {
    found = JSON.parse(text ?? "null") as { readonly value?: unknown } | null;
  } catch {
    // The parser's message quotes the text.
  }
  if (typeof found?.value !== "string" || found.value === "") throw new Error(`${what} has no "value"`);
  return found.value;
}
