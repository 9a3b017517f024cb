import { type Context, reference } from "./context.ts";
import { type Read, type Reader, optional, required, shape, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

/** When something happens, as EventBridge Scheduler takes it. */
export type ScheduleExpression = `rate(${string})` | `cron(${string})` | `at(${string})`;

/**
 * Something that happens at its time: a function is called, or a queue gets a message. EventBridge Scheduler on AWS; it
 * runs in the region that serves.
 *
 * @example
 * report: { expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin", to: "nightly" }
 */
export interface Schedule<Name extends string = string> {
  /** `rate(5 minutes)`, `at(2027-01-01T00:00:00)`, or `cron(0 3 * * ? *)`: minute, hour, day, month, weekday, year. */
  readonly expression: ScheduleExpression;
  /** A name of the time zone database. @default "UTC" */
  readonly timezone?: string;
  /** A function or queue. */
  readonly to: Name;
}

/** A schedule as a definition has it, with all that was left out. */
export type ScheduleDefinition = Read<ReturnType<typeof readSchedule>>;

const FORMS = [
  /^rate\([1-9]\d{0,5} (?:minute|hour|day)s?\)$/,
  /^cron\([0-9A-Z*?,\-/#LW]+(?: [0-9A-Z*?,\-/#LW]+){5}\)$/,
  /^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/,
];

const readExpression = text({
  max: 256,
  pattern: new RegExp(FORMS.map(({ source }) => `(?:${source})`).join("|")),
  form: 'an expression such as "rate(5 minutes)" or "cron(0 3 * * ? *)"',
});

/** Days of the month and weekdays cannot both be given: one of the two is a question mark. */
const readWhen: Reader<string> = (value, at, problems) => {
  const found = readExpression(value, at, problems);
  const [, , day = "?", , weekday] = found?.startsWith("cron(") ? found.slice(5, -1).split(" ") : [];
  if (weekday !== undefined && (day === "?") === (weekday === "?")) {
    const message = "one of the day of the month and the weekday is a question mark, and the other is not";
    problems.push(problem("DEF-019", at, message, 'write "?" for one of them'));
    return undefined;
  }
  return found;
};

const readTimezone: Reader<string> = (value, at, problems) => {
  const found = text({ max: 50 })(value, at, problems);
  if (found === undefined || isTimezone(found)) return found;
  const message = `${show(found)} is no time zone`;
  problems.push(problem("DEF-019", at, message, 'write a name such as "UTC" or "Europe/Berlin"'));
  return undefined;
};

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false; // offsets such as +01:00 are none to AWS
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Reads a schedule. */
export function readSchedule(context: Context) {
  return shape({
    expression: required(readWhen),
    timezone: optional(readTimezone, "UTC"),
    to: required(reference(context, [...context.functions, ...context.queues], "a function or queue")),
  });
}
