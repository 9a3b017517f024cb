import { pathToFileURL } from "node:url";
import { UserError, messageOf } from "../base/error.ts";
import type { Journey, JourneyRequest } from "../topology/topology.ts";
import type { DrillCode } from "./codes.ts";

/** An answer of the system to a journey's request. */
export interface JourneyResponse {
  readonly status: number;
  /** 2xx. */
  readonly ok: boolean;
  text(): string;
  /** Throws where the body is no JSON. */
  json(): unknown;
}

/** What a journey's request carries besides its path. */
export interface JourneyRequestInit {
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is a string, else as JSON. */
  readonly body?: unknown;
}

/** What a journey is given for one attempt of one operation. */
export interface JourneyContext {
  /** Unique to the operation and the same in all its attempts. */
  readonly key: string;
  /** What a write is to store under the key, and a read to find. */
  readonly value: string;
  /** Aborts when the attempt's second is over. */
  readonly signal: AbortSignal;
  /**
   * Sends a request to the system as one customer: through its DNS, over kept connections, with that customer's
   * cookies. Requests that change something carry the key as `Idempotency-Key` unless they have one. Rejects where no
   * answer came.
   */
  fetch(path: string, init?: JourneyRequestInit): Promise<JourneyResponse>;
}

/**
 * What a read of a key shows: its value and how often its effect was applied, where the program says; null where it is
 * absent.
 */
export type ReadResult = { readonly value?: unknown; readonly applied?: number } | null;

/**
 * A journey's module, for what `write: "POST …", read: "GET …"` is too thin for. At least one of `write` and `read` is
 * there.
 *
 * @example
 * export async function write(ctx, key, value) {
 *   return ctx.fetch("/api/cart", { method: "POST", body: { key, value } });
 * }
 */
export interface JourneyModule {
  /** Acknowledged where it resolves with nothing or with a response of 2xx. */
  write?(ctx: JourneyContext, key: string, value: string): Promise<JourneyResponse | void>;
  /** May be called without a write before it, where the module has none. */
  read?(ctx: JourneyContext, key: string): Promise<JourneyResponse | ReadResult>;
  /**
   * How many effects the system's own books show in all: a number that grows by one with each effect applied (what was
   * sold, what was booked). It is asked before and after a drill, and finds the double effect that a unique key hides.
   */
  effects?(ctx: JourneyContext): Promise<number>;
}

/** A journey ready to be walked: its module, or the short form made into one. */
export interface WalkableJourney {
  readonly journey: Journey;
  readonly walk: JourneyModule;
}

/** Imports the journey's module, or makes one of its requests. Throws DRL-002 where the module cannot be used. */
export async function loadJourney(journey: Journey): Promise<WalkableJourney> {
  const short = shortForm(journey);
  if (journey.module === null) return { journey, walk: short };
  const module = await importModule(journey.id, journey.module);
  const walk = { ...short, ...module };
  if (walk.write === undefined && walk.read === undefined) {
    throw unusable(journey.id, `${journey.module} exports neither write nor read`);
  }
  return { journey, walk };
}

async function importModule(id: string, file: string): Promise<JourneyModule> {
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw unusable(id, messageOf(error), error);
  }
  const functions = ["write", "read", "effects"].filter((name) => exports[name] !== undefined);
  for (const name of functions) {
    if (typeof exports[name] !== "function") throw unusable(id, `${file} exports ${name}, which is no function`);
  }
  return Object.fromEntries(functions.map((name) => [name, exports[name]]));
}

function unusable(journey: string, why: string, cause?: unknown): UserError {
  return new UserError({
    code: "DRL-002" satisfies DrillCode,
    message: `the module of journey "${journey}" cannot be used: ${why}`,
    fix: "export write(ctx, key, value), read(ctx, key), or both, as functions",
    at: `journeys.${journey}.module`,
    cause,
  });
}

function shortForm({ write, read }: Journey): JourneyModule {
  return {
    ...(write === null ? {} : { write: (ctx, key, value) => send(ctx, write, { key, value }) }),
    ...(read === null ? {} : { read: (ctx) => send(ctx, read) }),
  };
}

function send(ctx: JourneyContext, { method, path }: JourneyRequest, body?: unknown): Promise<JourneyResponse> {
  return ctx.fetch(path.replaceAll("{key}", encodeURIComponent(ctx.key)), {
    method,
    ...(body === undefined ? {} : { body }),
  });
}
