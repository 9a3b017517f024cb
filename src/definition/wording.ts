import type { Problem } from "../base/error.ts";
import type { Code } from "./codes.ts";
import { suggest } from "./suggest.ts";

/** A problem of a definition; the whole of it where `at` is empty. */
export function problem(code: Code, at: string, message: string, fix: string): Problem {
  return { code, at: at === "" ? "default export" : at, message, fix };
}

/** The path of `key` in what is at `at`. @example keyPath("services", "api") // "services.api" */
export function keyPath(at: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(key)) return `${at}[${show(key)}]`;
  return at === "" ? key : `${at}.${key}`;
}

/** A value as a message shows it: short, on one line, without control characters. */
export function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return `a symbol ${quote(value.description ?? "")}`;
  return String(value).slice(0, 60);
}

/** Names as a message lists them; the first twenty where there are more. */
export function listOf(names: readonly string[]): string {
  const all = [...new Set(names)];
  if (all.length === 0) return "none";
  const shown = all.slice(0, 20).join(", ");
  return all.length > 20 ? `${shown} and ${all.length - 20} more` : shown;
}

/** "write X" where one of `known` is close to `given`, else `otherwise`. */
export function fixFor(given: string, known: readonly string[], otherwise: string): string {
  const meant = suggest(given, known);
  return meant === undefined ? otherwise : `write ${show(meant)}`;
}

function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "?");
}
