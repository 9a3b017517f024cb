import { createHash, createHmac } from "node:crypto";
import type { Clock } from "../../../base/clock.ts";
import { type Aws, optional } from "../aws.ts";

/** One call of a service that speaks AWS's JSON protocol and that has no client here. */
export interface JsonCall {
  /** The service's name in signatures, such as `monitoring`. */
  readonly service: string;
  readonly host: string;
  readonly region: string;
  /** `Service.Operation`, as the header X-Amz-Target takes it. */
  readonly target: string;
  readonly body: object;
}

/** The first wait before a call is tried again; each later one is twice as long, up to the longest. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const ATTEMPTS = 8;
/** A region that is gone says nothing. */
const ANSWER_WITHIN_MS = 20_000;
const TRIED_AGAIN = /Throttl|TooManyRequests|SlowDown|Unavailable|Internal/;

/** An error that a service answered with, as the SDK would throw it. */
class AwsAnswer extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

/**
 * Sends a signed call and gives the answer's JSON. What is throttled or fails on AWS's side is tried again, with a wait
 * that doubles. Rejects with an error named as AWS names it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function callJson(aws: Aws, clock: Clock, call: JsonCall): Promise<Readonly<Record<string, unknown>>> {
  const attempts = aws.access.attempts ?? ATTEMPTS;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(aws, clock, call).catch((error: unknown) => {
      if (attempt >= attempts) throw error;
      return null; // the connection failed
    });
    if (answer === null) {
      await clock.sleep(waitAfter(attempt));
      continue;
    }
    if (answer.ok) return (await answer.json()) as Readonly<Record<string, unknown>>;
    const { name, message } = await errorIn(answer);
    const isPassing = TRIED_AGAIN.test(name) || answer.status === 429 || answer.status >= 500;
    if (!isPassing || attempt >= attempts) throw new AwsAnswer(name, message, answer.status);
    await clock.sleep(waitAfter(attempt));
  }
}

function waitAfter(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}

async function errorIn(answer: Response): Promise<{ readonly name: string; readonly message: string }> {
  const text = await answer.text();
  try {
    const { __type, message, Message } = JSON.parse(text) as Readonly<Record<string, string | undefined>>;
    const name = (__type ?? answer.headers.get("x-amzn-errortype") ?? "").split(/[#:]/).at(__type ? -1 : 0);
    return { name: name || `HTTP ${answer.status}`, message: message ?? Message ?? "" };
  } catch {
    return { name: `HTTP ${answer.status}`, message: text.slice(0, 200) };
  }
}

async function send(aws: Aws, clock: Clock, { service, host, region, target, body }: JsonCall): Promise<Response> {
  const { SignatureV4 } = await optional("@smithy/signature-v4", () => import("@smithy/signature-v4"));
  const credentials = (await aws.parameters(region)).config.credentials; // every client's are the same
  const signer = new SignatureV4({ service, region, credentials, sha256: NodeSha256 });
  const url = new URL(aws.access.endpoint ?? `https://${host}`);
  const text = JSON.stringify(body);
  const signed = await signer.sign(
    {
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      path: "/",
      query: {},
      headers: { host: url.host, "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
      body: text,
      ...(url.port === "" ? {} : { port: Number(url.port) }),
    },
    { signingDate: new Date(clock.now()) },
  );
  const { host: _, ...headers } = signed.headers;
  return fetch(url, { method: "POST", headers, body: text, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 by Node, as the signer wants it: with a secret it is an HMAC. */
class NodeSha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Uint8Array | Data): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("a hash is used once");
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
