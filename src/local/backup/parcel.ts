/**
 * A parcel is a file of an archive: a line of JSON that says how to read it, then the contents with their SHA-256 at
 * the end, compressed (zstd), and encrypted where there is a key. It appears whole or not at all, and nobody gets
 * contents out of it without a rejection where they are not what was put in.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { messageOf } from "../../base/error.ts";
import { Damage } from "./damage.ts";
import { type BackupKey, keyOfFile } from "./key.ts";
import { seal, unseal } from "./seal.ts";

/** The first line. */
interface ParcelHeader {
  readonly holdfast: 1;
  /** Null: not encrypted. */
  readonly key: { readonly id: string; readonly salt: string } | null;
}

/** What went into a parcel. */
export interface ParcelContents {
  readonly bytes: number;
  readonly sha256: string;
}

const DIGEST = 32;
const HEADER_MOST = 1_024;

/** Writes a parcel to `path`, and to the disk; one that is there is replaced. */
export async function writeParcel(
  path: string,
  source: AsyncIterable<Buffer>,
  key: BackupKey | null,
): Promise<ParcelContents> {
  const hash = createHash("sha256");
  let bytes = 0;
  const salt = randomBytes(16);
  const header: ParcelHeader = { holdfast: 1, key: key && { id: key.id, salt: salt.toString("hex") } };
  let sha256 = "";
  const contents = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    const digest = hash.digest();
    sha256 = digest.toString("hex");
    yield digest;
  };
  const framed = async function* (compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield Buffer.from(`${JSON.stringify(header)}\n`);
    yield* key === null ? compressed : seal(compressed, keyOfFile(key, salt));
  };
  const file = createWriteStream(`${path}.new`, { mode: 0o600, flush: true });
  try {
    await pipeline(Readable.from(contents()), createZstdCompress(), framed, file);
    await rename(`${path}.new`, path);
  } finally {
    await rm(`${path}.new`, { force: true });
  }
  await syncFolder(dirname(path));
  return { bytes, sha256 };
}

/** The contents of a parcel. Rejects with {@link Damage}, at the latest after the last byte, where it is damaged. */
export async function* readParcel(path: string, key: BackupKey | null): AsyncGenerator<Buffer> {
  const { header, length } = await readHeader(path);
  const fileKey = keyFor(header, key);
  const hash = createHash("sha256");
  let held = Buffer.alloc(0);
  const plain = createZstdDecompress();
  const opened = async function* (stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield* fileKey === null ? stored : unseal(stored, fileKey);
  };
  const ended = pipeline(createReadStream(path, { start: length }), opened, plain);
  ended.catch(() => undefined); // it ends the stream that is read below
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      const all = Buffer.concat([held, chunk]);
      const out = all.subarray(0, Math.max(0, all.length - DIGEST));
      held = all.subarray(out.length);
      hash.update(out);
      if (out.length > 0) yield out;
    }
  } catch (error) {
    if (error instanceof Damage) throw error;
    const isCut = /unexpected end of file/.test(messageOf(error));
    throw new Damage(isCut ? "truncated" : "corrupt", messageOf(error), error);
  }
  if (held.length < DIGEST) throw new Damage("truncated", "it is cut off");
  if (!hash.digest().equals(held)) throw new Damage("corrupt", "its SHA-256 is another one");
}

/** Length and SHA-256 of what is in a parcel, all of it read. */
export async function measureParcel(path: string, key: BackupKey | null): Promise<ParcelContents> {
  return measure(readParcel(path, key));
}

/** Length and SHA-256 of a stream. */
export async function measure(source: AsyncIterable<Buffer>): Promise<ParcelContents> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Has the names in a folder written to the disk. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readHeader(path: string): Promise<{ readonly header: ParcelHeader; readonly length: number }> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new Damage("missing", "it is not there", error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_MOST), 0, HEADER_MOST, 0);
    const end = buffer.subarray(0, bytesRead).indexOf("\n");
    if (end < 0) throw new Damage(bytesRead < HEADER_MOST ? "truncated" : "corrupt", "it has no first line");
    return { header: parseHeader(buffer.toString("utf8", 0, end)), length: end + 1 };
  } finally {
    await handle.close();
  }
}

function parseHeader(line: string): ParcelHeader {
  try {
    const header = JSON.parse(line) as Partial<ParcelHeader>;
    if (header.holdfast === 1 && header.key !== undefined) return header as ParcelHeader;
  } catch {
    // told below
  }
  throw new Damage("corrupt", "its first line is none of Holdfast's");
}

function keyFor(header: ParcelHeader, key: BackupKey | null): Buffer | null {
  if (header.key === null) return null;
  if (key === null) throw new Damage("key", `it is encrypted with the key ${header.key.id}, and none was given`);
  if (key.id !== header.key.id)
    throw new Damage("key", `it is encrypted with the key ${header.key.id}, and ${key.id} was given`);
  return keyOfFile(key, Buffer.from(header.key.salt, "hex"));
}
