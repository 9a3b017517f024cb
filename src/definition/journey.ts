import { type Reader, type Read, mapped, oneOf, optional, orNull, shape, text, whole } from "./schema.ts";
import { problem } from "./wording.ts";

/** A request that changes something; `{key}` stands for the operation's own key. @example "POST /api/orders" */
export type WriteRequest = `${"POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;

/** A request that changes nothing. @example "GET /api/orders/{key}" */
export type ReadRequest = `GET /${string}`;

/**
 * What a customer does, as the drills do and check it. At least one of `write`, `read` and `module` is there.
 *
 * @example
 * order: { write: "POST /api/orders", read: "GET /api/orders/{key}" }
 */
export interface Journey {
  /**
   * A request that changes something; any 2xx acknowledges it. It is sent `{ key, value }` with an `Idempotency-Key`.
   */
  readonly write?: WriteRequest;
  /** A request that shows what was written: 200 with `{ value, applied }`, or 404 where it is absent. */
  readonly read?: ReadRequest;
  /**
   * A module with `write(ctx)`, `read(ctx, key)` and `effects(ctx)`, relative to the definition, where requests
   * are too thin.
   */
  readonly module?: string;
  /** Whether an acknowledged write may be lost: `best-effort` for what rests on a cache. @default "acknowledged" */
  readonly durability?: "acknowledged" | "best-effort";
  /** Its share of the arrivals, relative to the other journeys', from 1 to 1000. @default 1 */
  readonly weight?: number;
}

/** A journey as a definition has it, with all that was left out. */
export type JourneyDefinition = Read<typeof readJourney>;

const readWrite = readRequest(/^(?:POST|PUT|PATCH|DELETE) \/[^\s\p{Cc}]*$/u, 'a request such as "POST /api/orders"');
const readRead = readRequest(/^GET \/[^\s\p{Cc}]*$/u, 'a request such as "GET /api/orders/{key}"');

const fields = {
  write: orNull(readWrite),
  read: orNull(readRead),
  module: orNull(text({ max: 256 })),
  durability: optional(oneOf("acknowledged", "best-effort"), "acknowledged"),
  weight: optional(whole({ min: 1, max: 1_000 }), 1),
};

/** Reads a journey; it does something. */
export const readJourney = shape(fields, ({ write, read, module }, at, problems) => {
  if (write !== null || read !== null || module !== null) return;
  problems.push(problem("DEF-002", at, "the journey does nothing", 'add "write", "read" or "module"'));
});

function readRequest(pattern: RegExp, form: string): Reader<{ readonly method: string; readonly path: string }> {
  return mapped(text({ max: 1_000, pattern, form }), (request) => {
    const space = request.indexOf(" ");
    return { method: request.slice(0, space), path: request.slice(space + 1) };
  });
}
