import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that has the temporary folders of a run's test files. */
    readonly temporaryFolder: string;
  }
}

/**
 * Vitest's global set-up: a run has one folder for everything temporary. Each test file has its own in it, and removes
 * it; a run that leaves one behind fails.
 */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  project.provide("temporaryFolder", folder);
  return () => {
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`temporary folders were left behind: ${left.join(", ")}`);
  };
}
