import { UserError, messageOf } from "../../base/error.ts";
import type { EstimateCode } from "../codes.ts";

/** How much a system is used in a month, by all of its customers. */
export interface Usage {
  readonly requestsPerMonth: number;
  /** Of the requests, those that write. */
  readonly writesPerMonth: number;
  /** What goes out to customers. */
  readonly outGB: number;
  /** What each database and table holds. */
  readonly storedGB: number;
}

/** Nobody uses it. */
export const IDLE: Usage = { requestsPerMonth: 0, writesPerMonth: 0, outGB: 0, storedGB: 0 };

/**
 * Reads `--usage`; what it leaves out is 0. Throws EST-001 where it is no JSON object, EST-002 for a key that there is
 * not, or a value that is no number from 0 on.
 *
 * @example readUsage('{ "requestsPerMonth": 30000000, "outGB": 500 }', "usage.json")
 */
export function readUsage(text: string, file: string): Usage {
  const found = parse(text, file);
  const keys = Object.keys(IDLE);
  for (const [key, value] of Object.entries(found)) {
    const isKnown = keys.includes(key);
    if (isKnown && typeof value === "number" && Number.isFinite(value) && value >= 0) continue;
    throw new UserError({
      code: "EST-002" satisfies EstimateCode,
      message: isKnown
        ? `"${key}" is ${JSON.stringify(value)}, and no number from 0 on`
        : `"${key}" is no usage that prices are known for`,
      fix: isKnown ? "write how much it is in a month" : `use ${keys.join(", ")}`,
      at: `${file}: ${key}`,
    });
  }
  return { ...IDLE, ...found };
}

function parse(text: string, file: string): object {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found;
    throw unreadable(file, "it holds no object");
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw unreadable(file, messageOf(cause));
  }
}

/** EST-001. */
export function unreadable(file: string, why: string): UserError {
  return new UserError({
    code: "EST-001" satisfies EstimateCode,
    message: `the usage in ${file} cannot be read: ${why}`,
    fix: 'write a JSON file such as { "requestsPerMonth": 30000000, "outGB": 500 }',
    at: file,
  });
}
