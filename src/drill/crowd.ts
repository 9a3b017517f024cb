import type { ProbeEvent } from "../base/journal.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Ms } from "../base/units.ts";
import type { Crowd, CrowdRequest } from "../fault/fault.ts";
import type { Exchange, HttpClient, HttpRequest } from "./exchange.ts";

/** Those of a crowd who are no customers: they have requests of their own, and count in no journey. */
export type Strangers = Exclude<Crowd, { kind: "spike" }>;

/** What a crowd of strangers needs around it. */
export interface CrowdSurroundings {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** Hears what became of each request. */
  emit(probe: ProbeEvent): void;
}

/** Strangers who make requests, until they are told to stop. */
export interface RunningCrowd {
  /** No request is made any more; resolves once those under way have ended, which takes a second at most. */
  stop(): Promise<void>;
}

/** Source addresses of strangers, apart from those of customers and of those who read back. */
const FIRST_STRANGER = 0xc0_00;
/** Addresses that hostile requests come from, in turn. */
const STRANGERS = 250;
/** The address of a flood, which nobody else has. */
const FLOODER = 0xc1_00;
/** How long a stranger waits for an answer: as long as a customer does. */
const PATIENCE_MS: Ms = 1_000;
/**
 * Requests under way at once. What is due beyond that is left out: a flood must fill the system and not this machine.
 */
const AT_ONCE = 100;

/** One request of a stranger, and what is noted of it. */
interface Probe {
  readonly label: string;
  readonly expect: ProbeEvent["expect"];
  readonly request: HttpRequest;
  readonly stranger: number;
}

/**
 * Lets strangers make their requests, evenly spaced, from now on. They come from addresses of their own where the
 * machine has such; where it has not, a firewall takes a flood for all customers at once.
 */
export function startCrowd(crowd: Strangers, { client, clock, emit }: CrowdSurroundings): RunningCrowd {
  const from = clock.now();
  const gapMs = 1_000 / crowd.requestsPerSecond;
  const underWay = new Set<Promise<void>>();
  let made = 0;
  let cancel: Cancel = () => undefined;
  const send = async (number: number): Promise<void> => {
    const { label, expect, request, stranger } = probeOf(crowd, number);
    const exchange = await client.send(request, { customer: stranger, turn: number, timeoutMs: PATIENCE_MS });
    const status = "answer" in exchange ? exchange.answer.status : null;
    emit({ kind: "probe", at: clock.now(), label, expect, outcome: outcomeOf(exchange), status });
  };
  const sendDue = (): void => {
    const due = Math.floor((clock.now() - from) / gapMs) + 1;
    for (; made < due && underWay.size < AT_ONCE; made += 1) {
      const done = send(made).finally(() => underWay.delete(done));
      underWay.add(done);
    }
    if (crowd.kind === "flood") made = Math.max(made, due);
    cancel = clock.after(Math.max(1, from + made * gapMs - clock.now()), sendDue);
  };
  sendDue();
  return {
    async stop() {
      cancel();
      await Promise.all(underWay);
    },
  };
}

/** The `number`th request, counted from 0. */
function probeOf(crowd: Strangers, number: number): Probe {
  if (crowd.kind === "flood") {
    const request = { method: "GET", path: crowd.path, headers: {}, body: null };
    return { label: `flood of ${crowd.path}`, expect: null, request, stranger: FLOODER };
  }
  const asked: CrowdRequest = crowd.requests[number % crowd.requests.length]!; // a crowd has something to ask
  const { label, expect, ...request } = asked;
  return { label, expect, request, stranger: FIRST_STRANGER + (number % STRANGERS) };
}

function outcomeOf(exchange: Exchange): ProbeEvent["outcome"] {
  if (!("answer" in exchange)) return "failed";
  return exchange.answer.status === 403 ? "blocked" : "served";
}
