import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { ServiceEffect } from "../../world/primitive.ts";

/** What the queue service does to all calls that concern one queue; its dead-letter queue is another one. */
export interface QueueFault {
  readonly queue: string;
  readonly effect: ServiceEffect;
}

/** What the service answers instead of doing what it was asked for, in the words of SQS's JSON protocol. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly __type: string; readonly message: string };
}

/** The faults of a queue service that are in force. */
export class QueueCalls {
  readonly #clock: Clock;
  #inForce: readonly { fault: QueueFault; bucket: TokenBucket | null }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts exactly these faults in force. Calls that wait out a slow one are served when its time is over. */
  set(faults: readonly QueueFault[]): void {
    this.#inForce = faults.map((fault) => {
      const { effect } = fault;
      return { fault, bucket: effect.kind === "throttle" ? new TokenBucket(effect.callsPerSecond, this.#clock) : null };
    });
  }

  /** Whether a queue serves anyone at all. */
  isAvailable(queue: string): boolean {
    return !this.#of(queue).some(({ fault }) => fault.effect.kind === "unavailable");
  }

  /** Holds a call back for as long as its queue is slow; resolves with what to refuse it with, null to serve it. */
  async pass(queue: string): Promise<Refusal | null> {
    const delays = this.#of(queue).map(({ fault }) => (fault.effect.kind === "slow" ? fault.effect.delayMs : 0));
    const delayMs = delays.reduce((sum, delay) => sum + delay, 0);
    if (delayMs > 0) await this.#clock.sleep(delayMs);
    if (!this.isAvailable(queue)) return UNAVAILABLE;
    return this.#of(queue).every(({ bucket }) => bucket?.take() ?? true) ? null : THROTTLED;
  }

  #of(queue: string): readonly { fault: QueueFault; bucket: TokenBucket | null }[] {
    return this.#inForce.filter(({ fault }) => fault.queue === queue);
  }
}

/** The queue that a call concerns, by its body; null for one that concerns none, such as a list of all queues. */
export function queueOfCall(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  if ("QueueUrl" in body && typeof body.QueueUrl === "string") return body.QueueUrl.split("/").at(-1) ?? null;
  return "QueueName" in body && typeof body.QueueName === "string" ? body.QueueName : null;
}

/** SDKs take any 5xx for a failure that may pass. SQS's list of common errors has this one. */
const UNAVAILABLE = refusal("ServiceUnavailable", {
  status: 503,
  by: "Receiver",
  message: "The request has failed due to a temporary failure of the server.",
});

/** SQS's own name for it; SDKs know it as throttling and wait longer before they try again. */
const THROTTLED = refusal("RequestThrottled", {
  status: 400,
  by: "Sender",
  message: "The request was denied due to request throttling.",
});

function refusal(code: string, told: { status: number; by: "Sender" | "Receiver"; message: string }): Refusal {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-query-error": `${code};${told.by}` };
  return { status: told.status, headers, body: { __type: `com.amazonaws.sqs#${code}`, message: told.message } };
}

/** So many calls a second, and after a pause as many as one second gives at once. */
class TokenBucket {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: Ms;

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#tokens = Math.max(1, perSecond);
    this.#filledAt = clock.now();
  }

  /** Takes a token; false where there is none. */
  take(): boolean {
    const now = this.#clock.now();
    const gained = ((now - this.#filledAt) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + gained);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
