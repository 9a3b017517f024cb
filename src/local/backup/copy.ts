import { copyFile, mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Archive } from "./archive.ts";
import type { Manifest } from "./catalogue.ts";
import { ownSegments } from "./coverage.ts";
import { syncFolder } from "./parcel.ts";
import { unpack } from "./unpack.ts";

/**
 * Copies a base backup into the archive of another region, with the part of the log that it needs to be consistent and
 * no more: a snapshot, which is what AWS Backup copies. It is read there once before it counts as a backup.
 */
export async function copyBase(from: Archive, to: Archive, manifest: Manifest): Promise<void> {
  const histories = (await from.logNames()).filter((name) => name.endsWith(".history"));
  for (const name of [...histories, ...ownSegments(manifest, from.segmentBytes)])
    await copyWhole(join(from.directory, "log", name), join(to.directory, "log", name));
  await to.beginBase(manifest.id);
  await copyWhole(from.filesOf(manifest.id), to.filesOf(manifest.id));
  await unpack(to, manifest, null);
  await to.finishBase(manifest);
}

async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, `${to}.new`);
  const handle = await open(`${to}.new`, "r+");
  await handle.sync();
  await handle.close();
  await rename(`${to}.new`, to);
  await syncFolder(dirname(to));
}
