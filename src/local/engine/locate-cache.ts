import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import type { RunCode } from "../codes.ts";
import { type CacheBinary, type EngineOrigin, type EngineSearch, USUAL_PATH } from "./engine-binary.ts";
import { runCommand } from "./run-command.ts";
import { hasDebianPackages, unpackDebianPackages } from "./unpack-debian.ts";

const FLAVOURS = ["valkey", "redis"] as const;

/** Folders under which Homebrew links what it installed, on Apple silicon, on Intel and on Linux. */
const HOMEBREW = ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"];

/** The first version that knows every setting that a cache node is started with. */
const OLDEST_MAJOR = 7;

/**
 * Valkey or Redis: the first of PATH, Homebrew's folders and what was unpacked before; else, on Debian and Ubuntu,
 * unpacks the system's own packages into the state folder, without root. Rejects with a `UserError` that names the
 * command to run.
 */
export async function locateCache(search: EngineSearch & { readonly host: Host }): Promise<CacheBinary> {
  const found = await findCache(search);
  if (!(found instanceof UserError)) return found;
  if (!(await hasDebianPackages())) throw found;
  const packages = FLAVOURS.map((flavour) => ({ name: flavour, roots: [`${flavour}-server`, `${flavour}-tools`] }));
  const directory = enginesDirectory(search);
  await unpackDebianPackages({ directory, candidates: packages, what: "cache engine", host: search.host });
  const unpacked = await findUnpacked(search);
  if (unpacked !== undefined) return unpacked;
  throw new UserError({
    code: "RUN-021" satisfies RunCode,
    message: `the cache engine that was unpacked into ${enginesDirectory(search)} does not run`,
    fix: installCommand(),
  });
}

/** The cache engine that is ready to run, or the problem. Changes nothing. */
export async function findCache(search: EngineSearch): Promise<CacheBinary | UserError> {
  const folders = (search.searchPath ?? USUAL_PATH).split(":").filter((folder) => folder !== "");
  return (
    (await firstRunning(folders.map((bin) => ({ bin, origin: "path" })))) ??
    (await firstRunning(homebrewFolders())) ??
    (await findUnpacked(search)) ??
    new UserError({
      code: "RUN-020" satisfies RunCode,
      message: `no Valkey or Redis from version ${OLDEST_MAJOR} on is installed`,
      fix: (await hasDebianPackages()) ? "run `holdfast up`, which unpacks one without root" : installCommand(),
    })
  );
}

interface Candidate {
  readonly bin: string;
  readonly origin: EngineOrigin;
  readonly env?: Readonly<Record<string, string>>;
}

/** The first program of a folder that runs and is new enough; Valkey before Redis. */
async function firstRunning(candidates: readonly Candidate[]): Promise<CacheBinary | undefined> {
  for (const flavour of FLAVOURS) {
    for (const { bin, origin, env = {} } of candidates) {
      const program = join(bin, `${flavour}-server`);
      if (!(await isExecutable(program))) continue;
      const { stdout } = await runCommand(program, ["--version"], { env: { ...env } });
      const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
      if (version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR) {
        return { version, origin, bin, env, flavour };
      }
    }
  }
  return undefined;
}

function homebrewFolders(): readonly Candidate[] {
  return HOMEBREW.flatMap((folder) => FLAVOURS.map((name) => ({ bin: join(folder, name, "bin"), origin: "homebrew" })));
}

async function findUnpacked(search: EngineSearch): Promise<CacheBinary | undefined> {
  const candidates: Candidate[] = [];
  for (const flavour of FLAVOURS) {
    const root = join(enginesDirectory(search), flavour);
    const env = { LD_LIBRARY_PATH: (await libraryFolders(root)).join(":") };
    candidates.push({ bin: join(root, "usr", "bin"), origin: "unpacked", env });
  }
  return firstRunning(candidates);
}

/** Where Debian's packages keep libraries: `usr/lib/<triplet>` and `lib/<triplet>`. */
async function libraryFolders(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const lib of [join(root, "usr", "lib"), join(root, "lib")]) {
    const names = await readdir(lib).catch(() => []);
    folders.push(...names.filter((name) => name.includes("-linux-gnu")).map((name) => join(lib, name)));
  }
  return folders;
}

function enginesDirectory(search: EngineSearch): string {
  return join(search.stateDirectory, "engines");
}

function installCommand(): string {
  return process.platform === "darwin"
    ? "run `brew install valkey`"
    : "install Valkey or Redis with your system's package manager, such as `sudo dnf install valkey`";
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
