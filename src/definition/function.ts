import type { Duration, Size } from "../base/units.ts";
import { LAMBDA } from "../facts/serverless.ts";
import { type Context, reference, usableIn } from "./context.ts";
import { readEnvironment } from "./environment.ts";
import {
  type Read,
  duration,
  listOfAll,
  oneOf,
  optional,
  orNull,
  required,
  shape,
  size,
  text,
  whole,
} from "./schema.ts";
import { problem } from "./wording.ts";

/** Languages that AWS runs functions in. */
export type Runtime = (typeof LAMBDA.runtimes.value)[number];

/**
 * Code that runs when it is called: by a queue, a topic, a rule of a bus, a schedule, an HTTP API or another program.
 * Lambda on AWS, the same in each region. What fails is tried again, and kept in a dead-letter queue in the end.
 *
 * @example
 * thanks: { code: "./thanks", handler: "index.handler", uses: ["customers"] }
 */
export interface Function<Name extends string = string, QueueName extends string = string> {
  /** Folder of the code as it is packed, dependencies included, relative to the definition. */
  readonly code: string;
  /** What is called, as Lambda takes it: `file.export` in most languages. @default "index.handler" */
  readonly handler?: string;
  /** @default "nodejs24.x" */
  readonly runtime?: Runtime;
  /** What the program talks to; its environment tells where each one is. @default nothing */
  readonly uses?: readonly Name[];
  /** The queue that it works off. @default none: something else calls it */
  readonly consumes?: QueueName;
  /** How many messages of the queue one call gets, from 1 to 10. @default 10 */
  readonly batchSize?: number;
  /** From 1 second to 15 minutes; behind an HTTP API 30 seconds at most. @default "10 seconds" */
  readonly timeout?: Duration;
  /** From 128 MiB to 10 GiB; processors come with it, one at 1,769 MiB. @default "512 MiB" */
  readonly memory?: Size;
  /** How many may run at once. @default as many as the account allows */
  readonly reservedConcurrency?: number;
  /** Further variables of the program's environment. No place for secrets: this file is committed. @default none */
  readonly environment?: { readonly [name: string]: string };
}

/** A function as a definition has it, with all that was left out. */
export type FunctionDefinition = Read<ReturnType<typeof readFunction>>;

const readHandler = text({
  max: 128,
  pattern: /^[A-Za-z0-9_./:$-]+$/,
  form: 'a handler such as "index.handler"',
});

/** Reads a function. */
export function readFunction(context: Context) {
  const fields = {
    code: required(text({ max: 256 })),
    handler: optional(readHandler, "index.handler"),
    runtime: optional(oneOf(...LAMBDA.runtimes.value), "nodejs24.x"),
    uses: optional(listOfAll(reference(context, usableIn(context), "a component that a function can use"), 50), []),
    consumes: orNull(reference(context, context.queues, "a queue")),
    batchSize: orNull(whole(LAMBDA.batchSize)),
    timeout: optional(duration(LAMBDA.timeout), LAMBDA.timeout.value),
    memory: optional(size(LAMBDA.memoryMiB), LAMBDA.memoryMiB.value),
    reservedConcurrency: orNull(whole(LAMBDA.reservedConcurrency)),
    environment: optional(readEnvironment(context, LAMBDA.reservedVariables.value), {}),
  };
  return shape(fields, ({ consumes, batchSize, timeout, memory }, at, problems) => {
    if (consumes === null && typeof batchSize === "number") {
      const message = '"batchSize" is for a function that works off a queue';
      problems.push(problem("DEF-011", `${at}.batchSize`, message, 'remove it, or add "consumes"'));
    }
    if (timeout !== undefined && timeout % 1_000 !== 0)
      problems.push(problem("DEF-007", `${at}.timeout`, "AWS counts it in seconds", "write whole seconds"));
    if (memory !== undefined && !Number.isInteger(memory))
      problems.push(problem("DEF-007", `${at}.memory`, "AWS counts it in MiB", "write whole MiB"));
  });
}
