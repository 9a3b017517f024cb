import type { Problem } from "../base/error.ts";
import { messageOf } from "../base/error.ts";
import { keyPath, problem, show } from "./wording.ts";

/** The key of a definition whose value is a function; it is no data, and is left out. */
export const ESCAPE_KEY = "aws";

const MAX_DEPTH = 10;
const MAX_NODES = 10_000;
const MAX_ENTRIES = 1_000;
const MAX_TEXT = 10_000;
/** After so many, the rest is not even looked at. */
const MAX_PROBLEMS = 100;

/** A copy without behaviour: objects have no prototype, so that any key is an ordinary one. */
export interface PlainObject {
  readonly [key: string]: unknown;
}

/**
 * Copies any value into plain data, whatever it is: cyclic, endless, a proxy that throws, a getter, a class. What
 * cannot be
 * copied is a problem and is left out. Nothing that the value holds is called, save for the traps of a proxy
 * (one that never returns cannot be survived).
 */
export function snapshot(value: unknown): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const work: Work = { problems: [], open: new Set(), left: MAX_NODES };
  const copied = copy(work, value, "");
  if (work.left < 0) tooLarge(work, "", `the definition has more than ${MAX_NODES} values`);
  return { value: copied, problems: work.problems };
}

/**
 * A copy that is being made: what was found wrong, the objects that hold what is being copied, and how much may still
 * come.
 */
interface Work {
  readonly problems: Problem[];
  readonly open: Set<object>;
  left: number;
}

function copy(work: Work, source: unknown, at: string): unknown {
  if (--work.left < 0 || work.problems.length >= MAX_PROBLEMS) return undefined;
  if (typeof source === "string" && source.length > MAX_TEXT) {
    return tooLarge(work, at, `a text of ${source.length} characters is too long (${MAX_TEXT} at most)`);
  }
  if (typeof source === "function" && at === ESCAPE_KEY) return undefined;
  if (typeof source === "function") return refuse(work, at, "a function");
  if (typeof source !== "object" || source === null) return source;
  if (work.open.has(source)) return refuse(work, at, "an object that holds itself");
  if (work.open.size >= MAX_DEPTH)
    return tooLarge(work, at, `the definition is nested deeper than ${MAX_DEPTH} levels`);
  work.open.add(source);
  try {
    return Array.isArray(source) ? copyList(work, source, at) : copyObject(work, source, at);
  } catch (error) {
    return refuse(work, at, `a value that fails when it is read (${safeMessageOf(error)})`);
  } finally {
    work.open.delete(source);
  }
}

function copyList(work: Work, source: readonly unknown[], at: string): unknown {
  const { length } = source;
  if (!(length <= MAX_ENTRIES)) return tooLarge(work, at, `${length} entries are too many (${MAX_ENTRIES} at most)`);
  return Array.from({ length }, (_, index) => copyEntry(work, { source, key: String(index) }, `${at}[${index}]`));
}

function copyObject(work: Work, source: object, at: string): unknown {
  const prototype: unknown = Object.getPrototypeOf(source);
  // Any realm's own Object: nothing lies behind it.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return refuse(work, at, "an instance of a class");
  const keys = Reflect.ownKeys(source);
  if (keys.length > MAX_ENTRIES)
    return tooLarge(work, at, `${keys.length} entries are too many (${MAX_ENTRIES} at most)`);
  const target = Object.create(null) as Record<string, unknown>;
  for (const key of keys) {
    if (typeof key === "symbol") {
      work.problems.push(problem("DEF-003", at, `${show(key)} is no key of a definition`, "remove it"));
      continue;
    }
    const entry = copyEntry(work, { source, key }, keyPath(at, key));
    if (entry !== undefined) target[key] = entry;
  }
  return target;
}

function copyEntry(work: Work, { source, key }: { source: object; key: string }, at: string): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(source, key);
  if (descriptor === undefined) return undefined;
  return "value" in descriptor ? copy(work, descriptor.value, at) : refuse(work, at, "a getter");
}

function refuse(work: Work, at: string, what: string): undefined {
  const fix = "write the value itself: text, numbers, lists and objects";
  work.problems.push(problem("DEF-018", at, `${what} is not plain data`, fix));
  return undefined;
}

function tooLarge(work: Work, at: string, message: string): undefined {
  work.problems.push(problem("DEF-017", at, message, "make it smaller"));
  return undefined;
}

/** What was thrown, even where asking it throws again. */
export function safeMessageOf(error: unknown): string {
  try {
    return messageOf(error).slice(0, 200);
  } catch {
    return "an error that cannot be shown";
  }
}
