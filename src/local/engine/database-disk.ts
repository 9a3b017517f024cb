import { existsSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { autoConf, isHeld } from "./database-config.ts";
import type { DiskState } from "./member.ts";

/** Where the parts of a member's disk are, in its folder. */
export interface DatabaseDisk {
  readonly data: string;
  /** A copy that is being made; becomes `data` when it is whole. */
  readonly copy: string;
  /** What `data` was before the copy. */
  readonly old: string;
  readonly passwordFile: string;
}

/** The disk of the member in `directory`. */
export function diskIn(directory: string): DatabaseDisk {
  return {
    data: join(directory, "data"),
    copy: join(directory, "copy"),
    old: join(directory, "old"),
    passwordFile: join(directory, "password"),
  };
}

/**
 * What a disk says, by its files alone: `standby.signal`, the segments of the log, the settings. Null where there is
 * none.
 */
export function readDisk({ data, old }: DatabaseDisk): DiskState | null {
  if (!existsSync(data) && existsSync(old)) renameSync(old, data); // a swap that was cut off
  if (!existsSync(join(data, "PG_VERSION"))) return null;
  return {
    role: existsSync(join(data, "standby.signal")) ? "standby" : "primary",
    timeline: newestTimeline(data),
    held: isHeld(readIfThere(join(data, "postgresql.auto.conf"))),
  };
}

/**
 * The newest timeline that there is log of. A history file alone says nothing: a standby fetches those of primaries
 * too.
 */
function newestTimeline(data: string): number {
  const segments = readdirSync(join(data, "pg_wal")).filter((name) => /^[0-9A-F]{24}$/.test(name));
  return Math.max(1, ...segments.map((name) => Number.parseInt(name.slice(0, 8), 16)));
}

/**
 * Forgets histories that were fetched from a primary and never received: a server refuses to start where one of them
 * left its own history in the past, and it is for `follow` to find that out. They are fetched again when they are
 * needed.
 */
export async function forgetForeignHistories({ data }: DatabaseDisk): Promise<void> {
  const own = newestTimeline(data);
  for (const name of await readdir(join(data, "pg_wal"))) {
    const foreign = /^[0-9A-F]{8}\.history$/.test(name) && Number.parseInt(name.slice(0, 8), 16) > own;
    if (foreign) await rm(join(data, "pg_wal", name));
  }
}

/** Files that belong to one server at one time, not to the data: never copied. */
const OWN_FILES =
  /^(postmaster\.(pid|opts)|standby\.signal|recovery\.signal|backup_label(\.old)?|pg_internal\.init\S*)$/;

/** Folders whose contents are made anew at each start, or that are copied apart. */
const OWN_FOLDERS = new Set(["pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp"]);

const AT_ONCE = 8;

/** What is to be copied of a data folder, its log apart; `pg_control` comes last, as in every tool that does this. */
export interface DataListing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** Lists what belongs to a copy of the data folder of a running server. */
export async function listData(from: string): Promise<DataListing> {
  const folders: string[] = [];
  const files: string[] = [];
  await listFolder({ from, path: "", folders, files });
  const control = join("global", "pg_control");
  return { folders, files: [...files.filter((path) => path !== control), control] };
}

async function listFolder(tree: { from: string; path: string; folders: string[]; files: string[] }): Promise<void> {
  const { from, path, folders, files } = tree;
  for (const entry of await readdir(join(from, path), { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) {
      folders.push(inner);
      if (inner === "pg_wal") folders.push(join(inner, "archive_status"));
      else if (!OWN_FOLDERS.has(inner) && entry.name !== "pgsql_tmp") await listFolder({ ...tree, path: inner });
    } else if (entry.isFile() && !OWN_FILES.test(entry.name)) {
      files.push(inner);
    }
  }
}

/**
 * Copies the data folder of a running server that is in backup mode, its log apart. Files that vanish meanwhile were
 * not needed, and those that change are mended by the log.
 */
export async function copyData(from: string, to: string): Promise<void> {
  const { folders, files } = await listData(from);
  for (const path of ["", ...folders]) await mkdir(join(to, path), { recursive: true, mode: 0o700 });
  const [control = "", ...rest] = files.toReversed();
  const worker = async (): Promise<void> => {
    for (let path = rest.pop(); path !== undefined; path = rest.pop())
      await copyIfThere(join(from, path), join(to, path));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await copyIfThere(join(from, control), join(to, control));
}

/**
 * Copies the part of the log that a backup needs to be whole by itself: from the segment in which it began to the one
 * in which it ended, and the histories. The copy can then start even when the primary is lost a moment later.
 */
export async function copyLog(from: string, to: string, segments: { first: string; last: string }): Promise<void> {
  for (const name of await readdir(join(from, "pg_wal"))) {
    const needed = /^[0-9A-F]{24}$/.test(name) && name >= segments.first && name <= segments.last;
    if (needed || name.endsWith(".history")) await copyFile(join(from, "pg_wal", name), join(to, "pg_wal", name));
  }
}

/** Puts a whole copy in the place of the disk. Where that is cut off, `readDisk` brings the old one back. */
export async function swapIn(disk: DatabaseDisk): Promise<void> {
  await rm(disk.old, { recursive: true, force: true });
  if (existsSync(disk.data)) await rename(disk.data, disk.old);
  await rename(disk.copy, disk.data);
  await rm(disk.old, { recursive: true, force: true });
}

/** Writes what differs from start to start: the role and the changeable settings. */
export async function writeRole(
  data: string,
  role: { readonly standby: boolean; readonly quorum: string; readonly primaryConninfo: string | null },
): Promise<void> {
  const signal = join(data, "standby.signal");
  await writeFile(join(data, "postgresql.auto.conf"), autoConf(role), { mode: 0o600 });
  if (role.standby) await writeFile(signal, "", { mode: 0o600 });
  else await rm(signal, { force: true });
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
