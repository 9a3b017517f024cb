import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import type { RunCode } from "../codes.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** Packages of which one set is unpacked: `roots` and the libraries that they need and the system lacks. */
export interface PackageSet {
  /** Name of the folder that it is unpacked to. */
  readonly name: string;
  readonly roots: readonly string[];
}

/**
 * Packages that hold shared libraries; what else a server's package depends on (users, init scripts) is not needed to
 * run it.
 */
const LIBRARY = /^(lib|lua-)/;

const PATIENCE_MS = 120_000;

/** Whether this is a Debian or an Ubuntu (or another system with apt and dpkg). */
export async function hasDebianPackages(): Promise<boolean> {
  const tools = await Promise.all(
    ["apt-get", "apt-cache", "dpkg-query"].map((tool) => runCommand(tool, ["--version"])),
  );
  return tools.every(({ code }) => code === 0);
}

/**
 * Unpacks the first of `candidates` that the system's package sources have to `directory/<name>`, without root and
 * without touching the system: apt works on state and cache folders of its own, and checks signatures as ever. The
 * folder appears at once, complete; where another process was faster, its folder is kept.
 */
export async function unpackDebianPackages(options: {
  readonly directory: string;
  readonly candidates: readonly PackageSet[];
  /** What it is for, as progress and problems say. @default the name of the first set */
  readonly what?: string;
  readonly host: Host;
}): Promise<void> {
  try {
    await unpack(options);
  } catch (error) {
    if (!(error instanceof UnpackProblem)) throw error;
    throw new UserError({
      code: "RUN-021" satisfies RunCode,
      message: `no ${options.what ?? options.candidates[0]?.name} could be unpacked: ${error.message}`,
      fix: `run \`sudo apt-get install ${options.candidates.at(-1)?.roots[0]}\`, and then this command again`,
    });
  }
}

async function unpack(options: Parameters<typeof unpackDebianPackages>[0]): Promise<void> {
  const { directory, candidates, host } = options;
  const about = options.what ?? candidates[0]?.name ?? "";
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await demandRoom(directory);
  const work = await mkdtemp(join(directory, ".unpack-"));
  try {
    const apt = await createPrivateApt(work);
    host.say({ level: "progress", about, text: "reading the system's package lists" });
    demand("apt-get update", await apt("apt-get", ["-q", "update"]));
    const chosen = await firstKnown(apt, candidates);
    const packages = await withLibraries(apt, chosen.roots);
    host.say({ level: "progress", about, text: `downloading ${packages.join(", ")}` });
    demand("apt-get download", await apt("apt-get", ["-q", "download", ...packages]));
    await unpackAll(work, join(work, "root"));
    await publish(join(work, "root"), join(directory, chosen.name));
    host.say({ level: "info", about, text: `${chosen.name} is unpacked to ${join(directory, chosen.name)}` });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * The package lists of a system and what is unpacked take about this much; on a full disk apt itself hangs for minutes.
 */
const ROOM_BYTES = 200e6;

async function demandRoom(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= ROOM_BYTES) return;
  throw new UserError({
    code: "RUN-005" satisfies RunCode,
    message: `the disk is full: ${Math.round((bavail * bsize) / 1e6)} MB are left for ${directory}, which needs 200`,
    fix: "make room, or keep the state elsewhere with `--state DIR`",
  });
}

/** Runs `apt-get` or `apt-cache` in the work folder. */
type Apt = (command: "apt-get" | "apt-cache", args: readonly string[]) => Promise<CommandResult>;

async function createPrivateApt(work: string): Promise<Apt> {
  const state = join(work, "state");
  const cache = join(work, "cache");
  for (const folder of [join(state, "lists", "partial"), join(cache, "archives", "partial"), join(work, "root")]) {
    await mkdir(folder, { recursive: true });
  }
  const settings = [
    `Dir::State=${state}`,
    `Dir::State::Lists=${join(state, "lists")}`,
    "Dir::State::status=/var/lib/dpkg/status",
    `Dir::Cache=${cache}`,
    // As root, apt would hand the download to a user who may not read this folder.
    "APT::Sandbox::User=root",
    "Acquire::Retries=2",
    "Acquire::Languages=none",
  ].flatMap((setting) => ["-o", setting]);
  return (command, args) => runCommand(command, [...settings, ...args], { cwd: work, timeoutMs: PATIENCE_MS });
}

async function firstKnown(apt: Apt, candidates: readonly PackageSet[]): Promise<PackageSet> {
  for (const candidate of candidates) {
    const shown = await Promise.all(
      candidate.roots.map((name) => apt("apt-cache", ["show", "--no-all-versions", name])),
    );
    if (shown.every(({ code, stdout }) => code === 0 && stdout !== "")) return candidate;
  }
  const names = candidates.map(({ roots }) => roots[0]).join(" nor ");
  throw failed(`the system's package sources have neither ${names}`);
}

/** `roots` and, transitively, the library packages that they depend on and that are not installed. */
async function withLibraries(apt: Apt, roots: readonly string[]): Promise<readonly string[]> {
  const needed = new Set(roots);
  for (let fresh = [...roots]; fresh.length > 0;) {
    const { stdout } = await apt("apt-cache", ["depends", "--important", ...fresh]);
    const libraries = parseDepends(stdout).filter((name) => LIBRARY.test(name) && !needed.has(name));
    const installed = await installedOf(libraries);
    fresh = libraries.filter((name) => !installed.has(name));
    for (const name of fresh) needed.add(name);
  }
  return [...needed];
}

/**
 * Names in the output of `apt-cache depends`; of alternatives the first, and none of the virtual ones (in angle
 * brackets).
 */
export function parseDepends(output: string): readonly string[] {
  const names = new Set<string>();
  let alternative = false;
  for (const line of output.split("\n")) {
    const match = /^ ([ |])(?:Pre)?Depends: (\S+)/.exec(line);
    if (!match) continue;
    const name = match[2] ?? "";
    if (!alternative && !name.startsWith("<")) names.add(name);
    alternative = match[1] === "|";
  }
  return [...names];
}

async function installedOf(names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  // Exits with 1 where one of them is unknown, and tells of the others nevertheless.
  const { stdout } = await runCommand("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\\n", ...names]);
  const lines = stdout.split("\n").filter((line) => line.endsWith(" installed"));
  return new Set(lines.map((line) => line.slice(0, line.indexOf(" "))));
}

async function unpackAll(work: string, root: string): Promise<void> {
  const archives = (await readdir(work)).filter((name) => name.endsWith(".deb"));
  for (const archive of archives) demand("dpkg -x", await runCommand("dpkg", ["-x", join(work, archive), root]));
  await chmod(root, 0o755);
}

async function publish(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: unknown) => {
    const taken = await stat(join(to, "usr")).then(
      () => true,
      () => false,
    );
    if (!taken) throw error; // else another process was faster, and its copy is as good
  });
}

function demand(what: string, { code, stderr }: CommandResult): void {
  if (code === 0) return;
  throw failed(`${what} ${code === null ? "did not run to its end" : `ended with ${code}`}: ${lastLine(stderr)}`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** Why packages could not be unpacked, in the words of what failed. */
class UnpackProblem extends Error {}

function failed(why: string): UnpackProblem {
  return new UnpackProblem(why);
}
