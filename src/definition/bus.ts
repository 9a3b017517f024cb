import type { Problem } from "../base/error.ts";
import type { Duration } from "../base/units.ts";
import { EVENT_BUS } from "../facts/serverless.ts";
import { type Context, reference } from "./context.ts";
import { type Read, type Reader, days, isObject, listOfAll, mapOf, optional, required, shape, text } from "./schema.ts";
import { keyPath, listOf, problem, show } from "./wording.ts";

/**
 * Events that rules pass on to whom they concern. EventBridge on AWS; what cannot be passed on is kept in a dead-letter
 * queue, and events are kept so that they can be replayed.
 *
 * @example
 * events: { rules: { placed: { match: { "detail-type": ["OrderPlaced"] }, to: ["orders"] } } }
 */
export interface Bus<Name extends string = string> {
  /** @default none: events are kept, and go nowhere */
  readonly rules?: { readonly [name: string]: BusRule<Name> };
  /** How long events are kept for replay, in whole days. @default "30 days" */
  readonly archive?: Duration | "off";
}

/** Which events go where. */
export interface BusRule<Name extends string = string> {
  /** EventBridge's own event pattern: for each field the values that match. */
  readonly match: { readonly [field: string]: unknown };
  /** Queues, topics and functions, five at most. */
  readonly to: readonly Name[];
}

/** A bus as a definition has it, with all that was left out. */
export type BusDefinition = Read<ReturnType<typeof readBus>>;

const FIELDS = ["source", "detail-type", "detail", "account", "region", "resources", "id", "time", "version", "$or"];

const readRuleName = text({
  max: 32,
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  form: "a name of letters, digits, dashes and underscores",
});

/** A pattern's values stand in lists; anything else never matches, and AWS refuses it. */
const readPattern: Reader<Readonly<Record<string, unknown>>> = (value, at, problems) => {
  if (!isObject(value)) {
    const fix = 'write an event pattern such as { source: ["shop"] }';
    problems.push(problem("DEF-005", at, `${show(value)} is not an event pattern`, fix));
    return undefined;
  }
  const before = problems.length;
  for (const field of Object.keys(value)) {
    if (FIELDS.includes(field)) continue;
    const message = `${show(field)} is no field of an event (there are ${listOf(FIELDS)})`;
    problems.push(problem("DEF-003", keyPath(at, field), message, 'move it into "detail"'));
  }
  checkFields(value, at, problems);
  if (problems.length > before) return undefined; // it may not even be JSON
  const { length } = JSON.stringify(value);
  if (length <= EVENT_BUS.patternLength.value) return value;
  const message = `an event pattern of ${length} characters is too long (${EVENT_BUS.patternLength.value} at most)`;
  problems.push(problem("DEF-017", at, message, "shorten it"));
  return undefined;
};

function checkFields(node: unknown, at: string, problems: Problem[]): void {
  if (isObject(node) && Object.keys(node).length > 0) {
    for (const [key, each] of Object.entries(node)) checkFields(each, keyPath(at, key), problems);
  } else if (!Array.isArray(node) || node.length === 0) {
    const message = `${show(node)} is not a list of the values that match`;
    problems.push(problem("DEF-005", at, message, "write the values in a list"));
  } else {
    checkJson(node, at, problems);
  }
}

/** What matches: values of JSON, or objects such as `{ prefix: "eu-" }`. */
function checkJson(node: unknown, at: string, problems: Problem[]): void {
  if (Array.isArray(node)) {
    for (const [index, each] of node.entries()) checkJson(each, `${at}[${index}]`, problems);
  } else if (isObject(node)) {
    for (const [key, each] of Object.entries(node)) checkJson(each, keyPath(at, key), problems);
  } else if (node !== null && !["string", "boolean"].includes(typeof node) && !Number.isFinite(node)) {
    const message = `${show(node)} is no value of an event`;
    problems.push(problem("DEF-005", at, message, "write text, a number, true, false or null"));
  }
}

/** Reads a bus. */
export function readBus(context: Context) {
  const targets = [...context.queues, ...context.topics, ...context.functions];
  const rule = shape({
    match: required(readPattern),
    to: required(listOfAll(reference(context, targets, "a queue, topic or function"), EVENT_BUS.targets.value)),
  });
  const archive: Reader<number | null> = (value, at, problems) =>
    value === "off" ? null : days(EVENT_BUS.archive)(value, at, problems);
  return shape({
    rules: optional(mapOf(rule, MAX_RULES, readRuleName), {}),
    archive: optional(archive, EVENT_BUS.archive.value),
  });
}

/** What every region takes. */
const MAX_RULES = 100;
