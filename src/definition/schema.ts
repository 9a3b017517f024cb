import type { Ms } from "../base/units.ts";
import { type Problem, assert } from "../base/error.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "../base/units.ts";
import type { Code } from "./codes.ts";
import type { PlainObject } from "./snapshot.ts";
import { fixFor, keyPath, listOf, problem, show } from "./wording.ts";

/**
 * Reads one value of a snapshot. Undefined where it is wrong, after a problem has been added; a reader goes on as far
 * as it can, so that all problems are found at once.
 */
export type Reader<T> = (value: unknown, at: string, problems: Problem[]) => T | undefined;

/** What a reader gives. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** What a field gives. */
export type ReadField<F> = F extends Field<infer T> ? T : never;

/** A key of an object: how it is read, and what it is where it is left out. */
export interface Field<T> {
  readonly read: Reader<T>;
  readonly fallback?: T;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Fields<T> = { readonly [K in keyof T]: Field<T[K]> };
type Check<T> = (found: Partial<T>, at: string, problems: Problem[]) => void;

/** A key that must be there. */
export function required<T>(read: Reader<T>): Field<T> {
  return { read };
}

/** A key that may be left out, and is `fallback` then. */
export function optional<T>(read: Reader<T>, fallback: NoInfer<T>): Field<T> {
  return { read, fallback };
}

/** A key that may be left out, and is null then. */
export function orNull<T>(read: Reader<T>): Field<T | null> {
  return { read, fallback: null };
}

/** A key for an object whose keys may all be left out, and so may it. */
export function group<T>(read: Reader<T>): Field<T> {
  const fallback = read({}, "", []);
  assert(fallback !== undefined, "every key of a group may be left out");
  return { read, fallback };
}

/** Adds a problem, and is undefined: what a reader returns when it gives up. */
function reject(
  problems: Problem[],
  code: Code,
  at: string,
  words: readonly [message: string, fix: string],
): undefined {
  problems.push(problem(code, at, ...words));
  return undefined;
}

/**
 * An object with these keys and no others. Undefined where one that it must have is missing or any is wrong.
 * `check` looks at what was found right, all of it or some, and may add problems.
 */
export function shape<T extends object>(fields: Fields<T>, check: Check<NoInfer<T>> = () => undefined): Reader<T> {
  return (value, at, problems) => {
    if (!isObject(value)) return wrongType(value, at, problems, `an object with ${listOf(Object.keys(fields))}`);
    const before = problems.length;
    const result = readFields(fields, value, at, problems);
    check(result, at, problems);
    return problems.length === before ? (result as T) : undefined; // without a problem it is whole
  };
}

/** What can be read of an object with these keys; what is missing in it is a problem or wrong. */
function readFields<T extends object>(
  fields: Fields<T>,
  value: PlainObject,
  at: string,
  problems: Problem[],
): Partial<T> {
  const known = Object.keys(fields) as (keyof T & string)[];
  for (const key of Object.keys(value).filter((key) => !Object.hasOwn(fields, key))) {
    const message = `${show(key)} is no key here (there are ${listOf(known)})`;
    problems.push(problem("DEF-003", keyPath(at, key), message, fixFor(key, known, "remove it")));
  }
  const result: Partial<T> = {};
  for (const key of known) {
    const field = fields[key];
    if (value[key] !== undefined) {
      const read = field.read(value[key], keyPath(at, key), problems);
      if (read !== undefined) result[key] = read;
    } else if ("fallback" in field) {
      result[key] = field.fallback as T[typeof key];
    } else {
      problems.push(problem("DEF-002", keyPath(at, key), `${show(key)} is missing`, `add ${show(key)}`));
    }
  }
  return result;
}

/** An object whose keys are the user's own, at most `max` of them; `name` looks at each key. */
export function mapOf<T>(read: Reader<T>, max: number, name: Reader<string>): Reader<Readonly<Record<string, T>>> {
  return (value, at, problems) => {
    if (!isObject(value)) return wrongType(value, at, problems, "an object");
    const keys = Object.keys(value);
    if (keys.length > max)
      return reject(problems, "DEF-017", at, [
        `${keys.length} entries are too many (${max} at most)`,
        "remove some of them",
      ]);
    const result = Object.create(null) as Record<string, T>;
    for (const key of keys) {
      name(key, keyPath(at, key), problems);
      const entry = read(value[key], keyPath(at, key), problems);
      if (entry !== undefined) result[key] = entry;
    }
    return result;
  };
}

/** A list of at most `max` entries, none of them twice. */
export function listOfAll<T>(read: Reader<T>, max: number): Reader<readonly T[]> {
  return (value, at, problems) => {
    if (!Array.isArray(value)) return wrongType(value, at, problems, "a list");
    if (value.length > max)
      return reject(problems, "DEF-017", at, [
        `${value.length} entries are too many (${max} at most)`,
        "remove some of them",
      ]);
    const seen = new Set<unknown>();
    return value.flatMap((entry: unknown, index) => {
      if (seen.has(entry))
        reject(problems, "DEF-012", `${at}[${index}]`, [`${show(entry)} is in the list twice`, "remove one of them"]);
      seen.add(entry);
      const result = read(entry, `${at}[${index}]`, problems);
      return result === undefined ? [] : [result];
    });
  };
}

/** A text of a form; `form` says it in words. The default takes any line of at most `max` characters. */
export function text(options: {
  readonly max: number;
  readonly pattern?: RegExp;
  readonly form?: string;
}): Reader<string> {
  const pattern = options.pattern ?? /^[^\p{Cc}]+$/u;
  const form = options.form ?? "one line of text";
  return (value, at, problems) => {
    if (typeof value !== "string") return wrongType(value, at, problems, form);
    if (value.length > options.max) {
      return reject(problems, "DEF-017", at, [
        `${show(value)} is too long (${options.max} characters at most)`,
        "shorten it",
      ]);
    }
    return pattern.test(value)
      ? value
      : reject(problems, "DEF-019", at, [`${show(value)} is not ${form}`, `write ${form}`]);
  };
}

/** One of a few values. */
export function oneOf<const T extends string | number | boolean>(...allowed: readonly T[]): Reader<T> {
  const shown = allowed.map(show);
  return (value, at, problems) => {
    const found = allowed.find((each) => each === value);
    if (found !== undefined) return found;
    const fix =
      typeof value === "string"
        ? fixFor(value, allowed.map(String), `write ${shown.join(" or ")}`)
        : `write ${shown.join(" or ")}`;
    return reject(problems, "DEF-006", at, [`${show(value)} is not allowed (${shown.join(", ")} are)`, fix]);
  };
}

/** A whole number within bounds, both included. */
export function whole(range: { readonly min: number; readonly max: number }): Reader<number> {
  return (value, at, problems) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return wrongType(value, at, problems, "a whole number");
    return within(value, range) ? value : outside(show(value), at, problems, [String(range.min), String(range.max)]);
  };
}

/** A duration within bounds, both included, as milliseconds. */
export function duration(range: { readonly min: Ms; readonly max: Ms }): Reader<Ms> {
  return parsed(parseDuration, 'a duration such as "30 seconds"', { ...range, unit: formatDuration });
}

/** An amount of memory or storage within bounds, both included, as MiB; bounds are MiB, too. */
export function size(range: { readonly min: number; readonly max: number }): Reader<number> {
  return parsed(parseSize, 'a size such as "20 GiB"', { ...range, unit: formatSize });
}

/** Storage in whole GiB, as AWS counts it; bounds are GiB. */
export function storage({ min, max }: { readonly min: number; readonly max: number }): Reader<number> {
  const read = size({ min: 1_024 * min, max: 1_024 * max });
  return (value, at, problems) => {
    const mib = read(value, at, problems);
    if (mib === undefined || mib % 1_024 === 0) return mib === undefined ? undefined : mib / 1_024;
    return reject(problems, "DEF-007", at, [`${show(value)} is no whole number of GiB`, "round it up"]);
  };
}

/** A duration of whole days within bounds, both included, as milliseconds: what AWS counts in days. */
export function days(range: { readonly min: Ms; readonly max: Ms }): Reader<Ms> {
  const read = duration(range);
  return (value, at, problems) => {
    const ms = read(value, at, problems);
    if (ms === undefined || ms % DAY_MS === 0) return ms;
    return reject(problems, "DEF-007", at, [`${show(value)} is no whole number of days`, 'write "1 day" or more']);
  };
}

/** One of a few lengths in hours, as milliseconds: AWS starts at the same times each day. */
export function everyHours(hours: readonly number[]): Reader<Ms> {
  const read = duration({ min: HOUR_MS * Math.min(...hours), max: HOUR_MS * Math.max(...hours) });
  return (value, at, problems) => {
    const ms = read(value, at, problems);
    if (ms === undefined || hours.includes(ms / HOUR_MS)) return ms;
    const allowed = `${hours.join(", ")} hours`;
    return reject(problems, "DEF-006", at, [
      `${show(value)} does not divide a day (${allowed} do)`,
      "write one of these",
    ]);
  };
}

/** A text that `parse` turns into a number, within bounds where there are some. */
export function parsed(
  parse: (text: string) => number | undefined,
  form: string,
  range: { readonly min: number; readonly max: number; readonly unit: (value: number) => string },
): Reader<number> {
  return (value, at, problems) => {
    if (typeof value !== "string") return wrongType(value, at, problems, form);
    const number = parse(value.slice(0, 100));
    if (number === undefined)
      return reject(problems, "DEF-019", at, [`${show(value)} is not ${form}`, `write ${form}`]);
    return within(number, range)
      ? number
      : outside(show(value), at, problems, [range.unit(range.min), range.unit(range.max)]);
  };
}

/** Turns what `read` found into something else. */
export function mapped<T, U>(read: Reader<T>, map: (value: T) => U): Reader<U> {
  return (value, at, problems) => {
    const result = read(value, at, problems);
    return result === undefined ? undefined : map(result);
  };
}

/** Whether a value of a snapshot is an object with keys. */
export function isObject(value: unknown): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongType(value: unknown, at: string, problems: Problem[], wanted: string): undefined {
  return reject(problems, "DEF-005", at, [`${show(value)} is not ${wanted}`, `write ${wanted}`]);
}

function outside(shown: string, at: string, problems: Problem[], bounds: readonly [string, string]): undefined {
  return reject(problems, "DEF-007", at, [
    `${shown} is out of bounds (${bounds[0]} to ${bounds[1]})`,
    `write a value from ${bounds[0]} to ${bounds[1]}`,
  ]);
}

function within(value: number, range: { readonly min: number; readonly max: number }): boolean {
  return value >= range.min && value <= range.max;
}
