import { messageOf } from "../base/error.ts";
import type { Finding } from "./check/objectives.ts";
import { type Verdict, worstOf } from "../base/drill-document.ts";

/** What checkers found, gathered into one verdict. */
export interface Findings {
  add(...found: readonly Finding[]): void;
  /** What a checker gives; where it crashes, `otherwise`, and a finding that makes the verdict unknown at best. */
  guard<T>(what: string, run: () => T, otherwise: T): T;
  /** The verdict, with its reasons: failures first. `torn`: what was torn off the journal's end. */
  conclude(torn: string | null): { readonly verdict: Verdict; readonly reasons: readonly string[] };
}

/** Nothing found yet. */
export function gatherFindings(): Findings {
  const findings: Finding[] = [];
  return {
    add: (...found) => void findings.push(...found),
    guard(what, run, otherwise) {
      try {
        return run();
      } catch (error) {
        findings.push({ verdict: "unknown", reason: `the checker of ${what} crashed: ${messageOf(error)}` });
        return otherwise;
      }
    },
    conclude(torn) {
      if (torn !== null) findings.push({ verdict: "unknown", reason: `the journal is torn: ${torn}` });
      const verdict = findings.length === 0 ? "pass" : worstOf(findings.map((finding) => finding.verdict));
      const inOrder = findings.toSorted((a, b) => a.verdict.localeCompare(b.verdict));
      return { verdict, reasons: inOrder.map(({ reason }) => reason) };
    },
  };
}
