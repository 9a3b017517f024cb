import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { parseLsn } from "../engine/database-history.ts";
import { listData } from "../engine/database-disk.ts";
import { type Session, type SessionTarget, until, withSession } from "../engine/database-session.ts";
import type { Archive } from "./archive.ts";
import type { BaseFile, Manifest } from "./catalogue.ts";
import { ownSegments } from "./coverage.ts";
import { writeParcel } from "./parcel.ts";
import { unpack } from "./unpack.ts";

/** How long a base backup, and then its log, may take; guards against a hang. */
const WITHIN = { copy: 600_000, log: 30_000 } as const;
const READ_AT_ONCE = 262_144;
const LABEL = "backup_label";

/** What a base backup is made of. */
export interface BaseBackupOptions {
  readonly archive: Archive;
  readonly id: string;
  readonly primary: SessionTarget;
  readonly clock: Clock;
  /** Aborts where the primary is lost: what hangs then would hang for as long as a copy may take. */
  readonly signal: AbortSignal;
  /** The server is in backup, and its files are about to be copied. */
  onCopying(): void;
  takeIn(): Promise<unknown>;
}

/**
 * Copies the data of a running primary into the archive, and waits until the log that the copy needs is there too.
 * `takeIn` is called until it is. Whatever goes wrong, nothing is left that looks like a backup.
 */
export async function takeBaseBackup(options: BaseBackupOptions): Promise<Manifest> {
  const { archive, id, primary, clock, signal, takeIn } = options;
  await archive.beginBase(id);
  try {
    const manifest = await withSession({ ...primary, timeoutMs: WITHIN.copy, signal }, (session) =>
      copyData(session, options),
    );
    const needed = ownSegments(manifest, archive.segmentBytes);
    const isThere = async (): Promise<true | undefined> => {
      await takeIn();
      const names = new Set(await archive.logNames());
      return needed.every((name) => names.has(name)) ? true : undefined;
    };
    const otherwise = "the log that the backup needs did not arrive";
    await until(isThere, { clock, withinMs: WITHIN.log, everyMs: 50, otherwise });
    await unpack(archive, manifest, null); // read once, so that it is known to be what was written
    await archive.finishBase(manifest);
    return manifest;
  } catch (error) {
    await archive.removeBase(id);
    throw error;
  }
}

async function copyData(session: Session, { archive, id, signal, onCopying }: BaseBackupOptions): Promise<Manifest> {
  const startedAt = Math.floor(await serverTime(session));
  const [source] = await session.query<{ path: string }>("select current_setting('data_directory') as path");
  const from = source?.path ?? "";
  await session.query(`select pg_backup_start('${id}', fast => true)`);
  onCopying();
  const { folders, files } = await listData(from);
  const packed: BaseFile[] = [];
  let completeAt = startedAt;
  let stop = { label: "", lsn: "" };
  const contents = async function* (): AsyncGenerator<Buffer> {
    for (const path of files) {
      signal.throwIfAborted();
      yield* pack(from, path, packed);
    }
    completeAt = Math.floor(await serverTime(session));
    stop = await stopBackup(session);
    const label = Buffer.from(stop.label);
    packed.push({ path: LABEL, bytes: label.length, sha256: createHash("sha256").update(label).digest("hex") });
    yield label;
  };
  await writeParcel(archive.filesOf(id), contents(), archive.key);
  return {
    holdfast: 1,
    id,
    startedAt,
    completeAt,
    finishedAt: Math.ceil(await serverTime(session)),
    timeline: Number(/^START TIMELINE: (\d+)$/m.exec(stop.label)?.[1]),
    startLsn: parseLsn(/^START WAL LOCATION: (\S+)/m.exec(stop.label)?.[1] ?? ""),
    stopLsn: parseLsn(stop.lsn),
    keyId: archive.key?.id ?? null,
    folders,
    files: packed,
  };
}

/** Reads a file as it is now; one that is gone was not needed, and what changes meanwhile is mended by the log. */
async function* pack(from: string, path: string, packed: BaseFile[]): AsyncGenerator<Buffer> {
  const handle = await open(join(from, path), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined) return;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(READ_AT_ONCE), 0, READ_AT_ONCE, bytes);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      bytes += bytesRead;
      yield chunk;
    }
  } finally {
    await handle.close();
  }
  packed.push({ path, bytes, sha256: hash.digest("hex") });
}

async function stopBackup(session: Session): Promise<{ readonly label: string; readonly lsn: string }> {
  const [row] = await session.query<{ label: string; lsn: string }>(
    "select labelfile as label, lsn::text as lsn from pg_backup_stop(wait_for_archive => false)",
  );
  if (row === undefined) throw new Error("the primary gave no label for its backup");
  return row;
}

/** The server's own clock, by which it dates commits. */
export async function serverTime(session: Session): Promise<number> {
  const [row] = await session.query<{ ms: number }>(
    "select extract(epoch from clock_timestamp())::float8 * 1000 as ms",
  );
  if (row === undefined) throw new Error("the server does not say what time it is");
  return row.ms;
}
