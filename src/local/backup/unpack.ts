import { createHash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Archive } from "./archive.ts";
import type { BaseFile, Manifest } from "./catalogue.ts";
import { Damage } from "./damage.ts";
import { readParcel } from "./parcel.ts";

/**
 * Reads a base backup whole and holds each file against the manifest; writes them to `into`, where it is given. Rejects
 * with {@link Damage} where something is not as it was written.
 */
export async function unpack(archive: Archive, manifest: Manifest, into: string | null): Promise<void> {
  if (into !== null) {
    await rm(into, { recursive: true, force: true });
    for (const path of ["", ...manifest.folders]) await mkdir(join(into, path), { recursive: true, mode: 0o700 });
  }
  const contents = readParcel(archive.filesOf(manifest.id), archive.key);
  let rest = Buffer.alloc(0);
  for (const file of manifest.files) rest = await unpackFile({ contents, rest, file, into });
  // To the end: only there it is known that nothing was cut off or added.
  for (let next = await contents.next(); ; next = await contents.next()) {
    if (!next.done) rest = Buffer.concat([rest, next.value]);
    if (rest.length > 0) throw new Damage("corrupt", "it has more than its manifest says");
    if (next.done) return;
  }
}

/** Reads one file, and gives what was read beyond it. */
async function unpackFile(of: {
  readonly contents: AsyncGenerator<Buffer>;
  readonly rest: Buffer;
  readonly file: BaseFile;
  readonly into: string | null;
}): Promise<Buffer<ArrayBuffer>> {
  const { contents, file, into } = of;
  const hash = createHash("sha256");
  const handle = into === null ? null : await open(join(into, file.path), "w", 0o600);
  try {
    let rest = of.rest;
    for (let left = file.bytes; ;) {
      const chunk = rest.subarray(0, left);
      rest = rest.subarray(chunk.length);
      left -= chunk.length;
      hash.update(chunk);
      if (chunk.length > 0) await handle?.writeFile(chunk);
      if (left === 0) break;
      const next = await contents.next();
      if (next.done) throw new Damage("truncated", `it ends within ${file.path}`);
      rest = next.value;
    }
    if (hash.digest("hex") !== file.sha256) throw new Damage("corrupt", `${file.path} is not as it was written`);
    return Buffer.from(rest);
  } finally {
    await handle?.close();
  }
}
