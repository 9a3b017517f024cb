import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { AuditProblem } from "../../base/audit-document.ts";
import { messageOf } from "../../base/error.ts";
import { ASSEMBLY, stacksOf } from "./assembly.ts";

/** A file that may be a template. */
export interface Found {
  /** As the user named it, or below what they named. */
  readonly file: string;
  /** Whether it has to be a template: the user, or a CDK assembly, says that it is one. */
  readonly isNamed: boolean;
  /** Where a CDK assembly says that it is deployed. */
  readonly region: string | null;
}

/** What templates are called. */
const ENDINGS = /\.(ya?ml|json|template|tmpl|cfn)$/i;

/** More files than any repository of templates has. */
const MOST_FILES = 100_000;

/** All files under some paths that may be templates. */
export function findFiles(paths: readonly string[]): {
  readonly found: readonly Found[];
  readonly problems: readonly AuditProblem[];
} {
  const found: Found[] = [];
  const problems: AuditProblem[] = [];
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) walk(path, found, problems);
      else found.push({ file: path, isNamed: true, region: null });
    } catch (error) {
      problems.push(notThere(path, error));
    }
  }
  return { found, problems };
}

function walk(folder: string, found: Found[], problems: AuditProblem[]): void {
  const open = [folder];
  for (let next = open.pop(); next !== undefined && found.length < MOST_FILES; next = open.pop()) {
    const entries = entriesOf(next, problems);
    if (entries.some(({ name }) => name === ASSEMBLY)) {
      const stacks = stacksOf(next);
      if (stacks !== undefined) {
        found.push(...stacks.map(({ file, region }) => ({ file, region, isNamed: true })));
        continue;
      }
    }
    for (const entry of entries) {
      const file = join(next, entry.name);
      if (entry.isDirectory() && !isPassedOver(entry.name)) open.push(file);
      else if (ENDINGS.test(entry.name) && !entry.isDirectory()) found.push({ file, isNamed: false, region: null });
    }
  }
}

/** In the order of their names, so that two runs find the same; folders are taken from the end. */
function entriesOf(folder: string, problems: AuditProblem[]): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort(byName);
  } catch (error) {
    problems.push(notThere(folder, error));
    return [];
  }
}

function byName(one: Dirent, other: Dirent): number {
  const order = one.name < other.name ? -1 : 1;
  return one.isDirectory() && other.isDirectory() ? -order : order;
}

function isPassedOver(name: string): boolean {
  return name === "node_modules" || name.startsWith(".");
}

function notThere(path: string, error: unknown): AuditProblem {
  const isMissing = (error as { code?: unknown }).code === "ENOENT";
  return {
    code: isMissing ? "AUD-001" : "AUD-010",
    at: path,
    message: isMissing ? `there is no ${basename(path)} at this path` : `cannot be read: ${messageOf(error)}`,
    fix: "name a file or folder that can be read",
  };
}
