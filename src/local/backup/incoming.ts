/**
 * How the log gets from a member into the archive. Each member, standbys too (`archive_mode = always`), hands its
 * segments over to a folder of its own by `archive_command`; from there they are compared, compressed, encrypted and
 * taken in. So a segment that a lost primary had not handed over yet comes from a standby that had received it, and no
 * process of PostgreSQL's ever sees the key.
 */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Archive } from "./archive.ts";
import { measure } from "./parcel.ts";

/** What became of what members handed over. */
export interface TakenIn {
  readonly added: readonly string[];
  /** Segments of which there is another one already: set aside, under these paths in the archive. */
  readonly differing: readonly string[];
}

/** Takes in whatever was handed over, the oldest first. Not to be called twice at once. */
export async function takeIn(archive: Archive): Promise<TakenIn> {
  const added: string[] = [];
  const differing: string[] = [];
  for (const member of (await readdir(join(archive.directory, "incoming")).catch(() => [])).toSorted()) {
    const folder = archive.incoming(member);
    for (const name of (await readdir(folder)).toSorted()) {
      if (name.endsWith(".new")) continue; // it is being written
      const path = join(folder, name);
      // Labels of backups are in the backups, and the half segment of a promotion is the beginning of the next
      // timeline's.
      const isLog = /^([0-9A-F]{24}|[0-9A-F]{8}\.history)$/.test(name);
      const outcome = isLog ? await archive.addLog(name, await measure(read(path)), () => read(path)) : "known";
      if (outcome === "added") added.push(name);
      if (outcome === "differs") differing.push(await setAside(archive, member, name));
      else await rm(path);
    }
  }
  return { added, differing };
}

async function setAside(archive: Archive, member: string, name: string): Promise<string> {
  const aside = join("differing", `${member}-${name}`);
  await mkdir(join(archive.directory, "differing"), { recursive: true, mode: 0o700 });
  await rename(join(archive.incoming(member), name), join(archive.directory, aside));
  return aside;
}

function read(path: string): AsyncIterable<Buffer> {
  return createReadStream(path);
}
