import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What a virtual environment is made of, and where. */
export interface EnvironmentOptions {
  readonly home: string;
  /** The file of requirements, with exact versions. */
  readonly requirements: string;
  /** The Python that makes it. */
  readonly python: string;
}

/** The folder of an environment's programs; or, in words, why this machine cannot have one. */
export type Environment = { readonly bin: string } | { readonly missing: string };

/** Git ignores `.holdfast`, and nothing of a system's state is named like this. */
const OURS: EnvironmentOptions = {
  home: resolve(".holdfast/python"),
  requirements: join(import.meta.dirname, "requirements.txt"),
  python: "python3",
};

const INSTALL =
  "-m pip install --quiet --no-input --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 -r";
const WITHIN_MS = 180_000;

/**
 * A virtual environment with what the requirements name, from PyPI. One that is there is used again while it runs and
 * was made of the same requirements; one that was left half made is made anew.
 */
export function pythonEnvironment({ home, requirements, python }: EnvironmentOptions = OURS): Environment {
  const wanted = readFileSync(requirements, "utf8");
  const complete = join(home, "complete.txt"); // written last, so a half-made environment has none
  const bin = join(home, "bin");
  const own = join(bin, "python");
  const isSame = existsSync(complete) && readFileSync(complete, "utf8") === wanted;
  // pip is not found where the Python that an environment was made with is gone, or is another version by now.
  if (isSame && complaintOf(own, ["-m", "pip", "--version"]) === null) return { bin };
  rmSync(home, { recursive: true, force: true });
  const missing = complaintOf(python, ["-m", "venv", home]) ?? complaintOf(own, [...INSTALL.split(" "), requirements]);
  if (missing === null) writeFileSync(complete, wanted);
  else rmSync(home, { recursive: true, force: true });
  return missing === null ? { bin } : { missing };
}

/** Runs a program; null where it ended well, else what is wrong in a line. */
function complaintOf(program: string, args: readonly string[]): string | null {
  const { status, signal, error, stdout, stderr } = spawnSync(program, [...args], { timeout: WITHIN_MS });
  if (status === 0) return null;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT") return `there is no ${program}`;
  const what = args.slice(0, 3).join(" ").replace(/^-m /, "");
  if (code === "ETIMEDOUT") return `${what} took more than ${WITHIN_MS / 60_000} minutes`;
  const said = `${stderr.toString()}\n${stdout.toString()}`.split("\n").filter((line) => line.trim() !== "");
  const why = said.find((line) => /^ERROR|Error:/.test(line)) ?? said[0] ?? `ended with ${signal ?? status}`;
  return `${what} failed: ${why.trim()}`;
}
