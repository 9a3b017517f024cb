import type { Template } from "../../src/aws/template.ts";

/** What is put on one line, at most. */
const LINE = 110;
/** Hashes of assets: they change with each byte of a program, and with the versions of what is packed into it. */
const HASH = /[0-9a-f]{64}/g;

/**
 * A template as text for a person to read and for `git diff`: JSON in which what is short stands on one line, without
 * the hashes of assets and without what the CDK puts into every template for its own bootstrap stack.
 */
export function readable(template: Template): string {
  const { Parameters, Rules: _, ...rest } = template as Template & { readonly Rules?: unknown };
  const { BootstrapVersion: __, ...own } = Parameters ?? {};
  const parameters = Object.keys(own).length === 0 ? {} : { Parameters: own };
  return `${lines({ ...parameters, ...rest }, "")}\n`.replaceAll(HASH, "<hash of an asset>");
}

function lines(value: unknown, indent: string): string {
  const short = flat(value);
  if (indent.length + short.length <= LINE || typeof value !== "object" || value === null) return short;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => inner + lines(each, inner))
    : Object.entries(value).map(([key, each]) => `${inner}${JSON.stringify(key)}: ${lines(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flat).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${flat(each)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
