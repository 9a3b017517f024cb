import { once } from "node:events";
import { type WriteStream, createWriteStream } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../base/error.ts";
import type { JournalEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";

/** The record of one drill: one JSON document a line, only ever added to. */
export interface Journal {
  readonly file: string;
  /** Never blocks; what the disk has not taken yet waits in memory. */
  append(event: JournalEvent): void;
  /** Resolves when everything is on the disk. Rejects with the system's error where a line could not be written. */
  close(): Promise<void>;
}

/** Where the journal of the drill `name` begun at `at` goes: a folder of its own, sorted by time. */
export function journalFile(directory: string, name: string, at: Ms): string {
  const time = new Date(at)
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z");
  return join(directory, `${time}-${name}`, "journal.jsonl");
}

/** Opens a new journal, with its folder; a file that is there already is added to. */
export async function openJournal(file: string): Promise<Journal> {
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: "a", mode: 0o600, highWaterMark: 1 << 20 });
  await once(stream, "open");
  let failure: unknown;
  stream.on("error", (error) => (failure = error));
  return {
    file,
    append: (event) => void stream.write(`${JSON.stringify(event)}\n`),
    async close() {
      await finished(stream).catch((error: unknown) => (failure ??= error));
      if (failure !== undefined)
        throw new Error(`the journal ${file} could not be written: ${messageOf(failure)}`, { cause: failure });
      await sync(file);
    },
  };
}

function finished(stream: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.end(() => resolve());
  });
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A journal as it was read. */
export interface ReadJournal {
  readonly events: readonly JournalEvent[];
  /** What was wrong with its last line, which the end of the process may have torn; null where nothing was. */
  readonly torn: string | null;
}

/** Reads a journal. A torn last line is left out and told of; one in the middle is no journal of ours, and rejects. */
export async function readJournal(file: string): Promise<ReadJournal> {
  const lines = (await readFile(file, "utf8")).split("\n");
  const events: JournalEvent[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    try {
      events.push(JSON.parse(line) as JournalEvent);
    } catch (error) {
      if (at !== lines.length - 1)
        throw new Error(`${file}:${at + 1} is no JSON: ${messageOf(error)}`, { cause: error });
      return { events, torn: `line ${at + 1} was not written to its end` };
    }
  }
  return { events, torn: null };
}
