import { createHash } from "node:crypto";
import type { Finding } from "../base/audit-document.ts";
import { UserError } from "../base/error.ts";
import type { AuditCode } from "./codes.ts";

/**
 * What each finding is recognised by, in their order: its rule, file and resource, so that it stays the same when lines
 * move or a value changes; the second of the same at one resource is told from the first.
 */
export function fingerprintsOf(findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, file, resource }) => {
    const base = [rule, file, resource].join("|");
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    return createHash("sha256").update(`${base}|${before}`).digest("hex").slice(0, 32);
  });
}

/** A baseline of what there is now: kept in the repository, it lets only what is new fail. */
export function drawBaseline(findings: readonly Finding[]): string {
  const prints = fingerprintsOf(findings);
  const known = findings.map(({ rule, file, resource }, at) => ({ fingerprint: prints[at], rule, file, resource }));
  return `${JSON.stringify({ holdfast: 1, known }, null, 2)}\n`;
}

/** The fingerprints of a baseline's text. Throws AUD-006 where it is none. */
export function readBaseline(file: string, text: string): ReadonlySet<string> {
  try {
    const { known } = JSON.parse(text) as { known: readonly { fingerprint: string }[] };
    return new Set(known.map(({ fingerprint }) => fingerprint));
  } catch (cause) {
    throw new UserError({
      code: "AUD-006" satisfies AuditCode,
      message: `${file} is no baseline`,
      fix: `write one with \`holdfast audit PATH --write-baseline ${file}\``,
      at: file,
      cause,
    });
  }
}

/** The findings that a baseline does not know. */
export function withoutKnown(findings: readonly Finding[], known: ReadonlySet<string>): readonly Finding[] {
  const prints = fingerprintsOf(findings);
  return findings.filter((_, at) => !known.has(prints[at] ?? ""));
}
