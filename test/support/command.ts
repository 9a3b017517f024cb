import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** How a run of the command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The shop's definition, which most of these tests run. */
export const SHOP = "examples/shop/holdfast.config.ts";

/** Where the tests' unpacked engines are kept, so that not every test unpacks its own. */
const ENGINES = resolve(".holdfast/engines");

/** Runs the built command as a user does, and waits for its end. */
export function holdfast(args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
  return runProcess(process.execPath, ["dist/cli/main.js", ...args], options);
}

/** Runs any command and waits for its end. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
}

/** A new folder for a system's state. Dispose of it when the system is down. */
export function temporaryState(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  mkdirSync(ENGINES, { recursive: true });
  symlinkSync(ENGINES, join(path, "engines"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
