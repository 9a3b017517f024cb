import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where Python's tools are installed, by name; git ignores it. */
const HOME = resolve("node_modules/.cache/holdfast-python");

/**
 * The path of a Python program in a virtual environment of its own, which is made from PyPI where it is missing. Throws
 * where there is no Python.
 */
export function tool(name: string, requirement: string): string {
  const home = join(HOME, name);
  const program = join(home, "bin", name === "moto" ? "python" : name);
  if (existsSync(join(home, "done"))) return program;
  run("python3", ["-m", "venv", home]);
  run(join(home, "bin", "pip"), ["install", "--quiet", requirement]);
  run(join(home, "bin", "python"), ["-c", `open(${JSON.stringify(join(home, "done"))}, "w").close()`]);
  return program;
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, [...args], { stdio: "inherit" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? `exit ${status}`}`);
}
