import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pythonEnvironment } from "./environment.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  writeFileSync(join(folder, "requirements.txt"), "cfn-lint==1.0\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A Python that notes what it is asked for; the one in an environment that it makes does `inside`. */
function fakePython({ venv = ":", inside = ":" } = {}): void {
  const note = `echo "$@" >> ${join(folder, "calls")}`;
  script("inner", `${note}\n${inside}`);
  script("python", `${note}\n${venv}\nmkdir -p "$3/bin" && cp ${join(folder, "inner")} "$3/bin/python"`);
}

function script(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

const home = (): string => join(folder, "home");

function make(python = join(folder, "python")) {
  return pythonEnvironment({ home: home(), requirements: join(folder, "requirements.txt"), python });
}

/** What was asked of any Python since the last time. */
function calls(): readonly string[] {
  const noted = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
  rmSync(join(folder, "calls"), { force: true });
  return noted.split("\n").flatMap((line) => /^-m (venv|pip install|pip --version)/.exec(line)?.[1] ?? []);
}

describe("a virtual environment", () => {
  test("is made once, and used again while it runs and its requirements are the same", () => {
    fakePython();
    expect(make()).toEqual({ bin: join(home(), "bin") });
    expect(calls()).toEqual(["venv", "pip install"]);
    expect(make()).toEqual({ bin: join(home(), "bin") });
    expect(calls()).toEqual(["pip --version"]);
    writeFileSync(join(folder, "requirements.txt"), "cfn-lint==2.0\n");
    make();
    expect(calls()).toEqual(["venv", "pip install"]);
  });

  test("is made anew where an interrupted run left half of one, or its Python is gone", () => {
    fakePython();
    mkdirSync(join(home(), "bin"), { recursive: true });
    writeFileSync(join(home(), "half"), "");
    make();
    expect(calls()).toEqual(["venv", "pip install"]);
    expect(existsSync(join(home(), "half"))).toBe(false);
    rmSync(join(home(), "bin", "python"));
    make();
    expect(calls()).toEqual(["venv", "pip install"]);
  });

  test("is missing, with the reason in a line, where there is no Python, no venv, or no PyPI", () => {
    expect(make("no-such-python")).toEqual({ missing: "there is no no-such-python" });
    fakePython({ venv: 'printf "ensurepip is not available.\\n\\nmore"; exit 1' });
    expect(make()).toEqual({ missing: `venv ${home()} failed: ensurepip is not available.` });
    fakePython({ inside: 'printf "WARNING: Retrying\\nERROR: No matching distribution\\n" >&2; exit 1' });
    expect(make()).toEqual({ missing: "pip install failed: ERROR: No matching distribution" });
    expect(existsSync(home())).toBe(false);
  });
});
