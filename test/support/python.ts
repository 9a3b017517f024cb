import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { silentHost } from "../../src/base/host.ts";
import { unpackDebianPackages } from "../../src/local/engine/unpack-debian.ts";
import { runProcess } from "./command.ts";

/** A Python that can load psycopg2, and what it needs in its environment for that. */
export interface PythonWithDriver {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Beside the engines, so that not every test run downloads it. */
const FOLDER = resolve(".holdfast/engines");
const PACKAGES = { name: "psycopg2", roots: ["python3-psycopg2", "libpq5"] };

/**
 * Finds a Python with psycopg2: one that has it, or else, on Debian and Ubuntu, one that loads the system's own package
 * from where it was unpacked, without root. Null where this machine has no Python at all; rejects where it has one that
 * no driver could be had for.
 */
export async function findPythonWithDriver(): Promise<PythonWithDriver | null> {
  const interpreters = await pythons();
  if (interpreters.length === 0) return null;
  const installed = await firstWithDriver(interpreters, {});
  if (installed) return installed;
  const root = join(FOLDER, PACKAGES.name, "usr", "lib");
  if (!existsSync(root)) await unpackDebianPackages({ directory: FOLDER, candidates: [PACKAGES], host: silentHost });
  const libraries = readdirSync(root).filter((name) => name.includes("-linux-gnu"));
  const unpacked = await firstWithDriver(interpreters, {
    PYTHONPATH: join(root, "python3", "dist-packages"),
    LD_LIBRARY_PATH: libraries.map((name) => join(root, name)).join(":"),
  });
  if (unpacked) return unpacked;
  throw new Error(`none of ${interpreters.join(", ")} can load the psycopg2 in ${root}`);
}

/** The system's own Python first: its packages are made for that one. */
async function pythons(): Promise<readonly string[]> {
  const found = await Promise.all(
    ["/usr/bin/python3", "python3"].map(async (each) => ((await runs(each)) ? each : [])),
  );
  return found.flat();
}

async function runs(python: string): Promise<boolean> {
  const { code } = await runProcess(python, ["--version"]).catch(() => ({ code: 1 }));
  return code === 0;
}

async function firstWithDriver(
  interpreters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<PythonWithDriver | undefined> {
  for (const command of interpreters) {
    const { code } = await runProcess(command, ["-c", "import psycopg2"], { env: environment });
    if (code === 0) return { command, environment };
  }
  return undefined;
}
