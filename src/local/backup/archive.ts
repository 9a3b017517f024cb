import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ms } from "../../base/units.ts";
import { SEGMENT_MB } from "../engine/database-config.ts";
import { type PastTimeline, parseHistory } from "../engine/database-history.ts";
import type { Catalogue, Manifest, Mark, Unreadable } from "./catalogue.ts";
import { Damage } from "./damage.ts";
import type { StateDirectory } from "../state-directory.ts";
import type { BackupKey } from "./key.ts";
import { type ParcelContents, measureParcel, readParcel, syncFolder, writeParcel } from "./parcel.ts";

const SEGMENT = /^[0-9A-F]{24}$/;
const MARKS = "marks.jsonl";
const MANIFEST = "manifest.json";
const HISTORY = /^[0-9A-F]{8}\.history$/;

/** The folder of a database's backups in a region. */
export function archiveFolder(state: Pick<StateDirectory, "file">, region: string, database: string): string {
  return state.file("backups", region, database);
}

/** Where a member's `archive_command` puts its log, in such a folder. */
export function incomingFolder(archive: string, member: string): string {
  return join(archive, "incoming", member);
}

/**
 * The backups of one database in one region, in a folder of its own: base backups (`base/<id>/`), the log (`log/`),
 * what members have handed over and is not taken in yet (`incoming/<member>/`), and what is known of the history
 * (`marks.jsonl`). It is the region's, not a zone's: it outlives each of its members.
 */
export class Archive {
  readonly directory: string;
  readonly key: BackupKey | null;
  readonly segmentBytes = SEGMENT_MB * 2 ** 20;
  /** SHA-256 of segments, by name: of what was written or read here. */
  readonly #digests = new Map<string, string>();

  constructor(directory: string, key: BackupKey | null) {
    this.directory = directory;
    this.key = key;
  }

  /** Where a member's `archive_command` puts its log. */
  incoming(member: string): string {
    return incomingFolder(this.directory, member);
  }

  /** Has members hand their log over from now on; without this they keep nothing for it. */
  async expect(members: readonly string[]): Promise<void> {
    for (const member of members) await mkdir(this.incoming(member), { recursive: true, mode: 0o700 });
  }

  /** Makes its folders, and removes what was never finished. */
  async open(): Promise<void> {
    for (const name of ["base", "log", "incoming"])
      await mkdir(join(this.directory, name), { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#base()))
      if (!(await isThere(this.#base(name, MANIFEST)))) await rm(this.#base(name), { recursive: true });
    for (const name of await readdir(this.#log())) if (name.endsWith(".new")) await rm(this.#log(name));
  }

  /** All that it holds. What cannot be read is left out, and told as `unreadable`. */
  async catalogue(): Promise<Catalogue> {
    const unreadable: Unreadable[] = [];
    const tryTo = async <T>(part: string, read: () => Promise<T>): Promise<readonly T[]> => {
      try {
        return [await read()];
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        unreadable.push({ part, damage: error.kind, why: error.message });
        return [];
      }
    };
    const bases: Manifest[] = [];
    for (const id of await namesIn(this.#base()))
      if (await isThere(this.#base(id, MANIFEST)))
        bases.push(...(await tryTo(`base/${id}/${MANIFEST}`, () => this.#manifest(id))));
    const names = await this.logNames();
    const histories = new Map<number, readonly PastTimeline[]>();
    for (const name of names.filter((each) => HISTORY.test(each)))
      for (const text of await tryTo(`log/${name}`, () => this.#text(name)))
        histories.set(Number.parseInt(name, 16), parseHistory(text));
    return {
      segmentBytes: this.segmentBytes,
      bases: bases.toSorted((one, other) => one.finishedAt - other.finishedAt),
      log: new Set(names.filter((name) => SEGMENT.test(name))),
      histories,
      marks: await this.#marks(),
      unreadable,
    };
  }

  /** Names of all parts of the log: segments, and histories of timelines. */
  async logNames(): Promise<readonly string[]> {
    return (await namesIn(this.#log())).filter((name) => SEGMENT.test(name) || HISTORY.test(name));
  }

  /** Where the packed files of a base backup are. */
  filesOf(id: string): string {
    return this.#base(id, "files");
  }

  /** A part of the log, as the server wrote it. */
  readLog(name: string): AsyncGenerator<Buffer> {
    return readParcel(this.#log(name), this.key);
  }

  /**
   * Takes a part of the log in. One that is there is kept; `differs`: and it is another one. One that is there and
   * cannot be read is replaced.
   */
  async addLog(
    name: string,
    contents: ParcelContents,
    read: () => AsyncIterable<Buffer>,
  ): Promise<"added" | "known" | "differs"> {
    const known = await this.#digest(name);
    if (known !== undefined) return known === contents.sha256 ? "known" : "differs";
    const { sha256 } = await writeParcel(this.#log(name), read(), this.key);
    this.#digests.set(name, sha256);
    return "added";
  }

  /** Begins a base backup: an empty folder, which is no backup until {@link finishBase}. */
  async beginBase(id: string): Promise<void> {
    await mkdir(this.#base(id), { recursive: true, mode: 0o700 });
  }

  /** The base backup is whole. */
  async finishBase(manifest: Manifest): Promise<void> {
    const path = this.#base(manifest.id, MANIFEST);
    const line = JSON.stringify(manifest);
    await writeFile(`${path}.new`, `${line}\n${sha256(line)}\n`, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
    await syncFolder(this.#base(manifest.id));
    await syncFolder(this.#base());
  }

  /** Removes a base backup, its manifest first: half of one is none. */
  async removeBase(id: string): Promise<void> {
    await rm(this.#base(id, MANIFEST), { force: true });
    await rm(this.#base(id), { recursive: true, force: true });
  }

  /** Removes parts of the log. */
  async removeLog(names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.#digests.delete(name);
      await rm(this.#log(name), { force: true });
    }
  }

  /** Notes what is known of the history. */
  async note(mark: Mark): Promise<void> {
    await appendFile(join(this.directory, MARKS), `${JSON.stringify(mark)}\n`, { mode: 0o600, flush: true });
  }

  /** Forgets what was known of the history before `at`. */
  async forgetMarks(at: Ms): Promise<void> {
    const kept = (await this.#marks()).filter((mark) => mark.at >= at);
    const path = join(this.directory, MARKS);
    await writeFile(`${path}.new`, kept.map((mark) => `${JSON.stringify(mark)}\n`).join(""), {
      mode: 0o600,
      flush: true,
    });
    await rename(`${path}.new`, path);
  }

  /** Bytes on the disk of a base backup. */
  async sizeOf(id: string): Promise<number> {
    return (await stat(this.filesOf(id))).size;
  }

  #base(...names: readonly string[]): string {
    return join(this.directory, "base", ...names);
  }

  #log(...names: readonly string[]): string {
    return join(this.directory, "log", ...names);
  }

  async #digest(name: string): Promise<string | undefined> {
    const known = this.#digests.get(name);
    if (known !== undefined || !(await isThere(this.#log(name)))) return known;
    try {
      const { sha256 } = await measureParcel(this.#log(name), this.key);
      this.#digests.set(name, sha256);
      return sha256;
    } catch (error) {
      if (error instanceof Damage) return undefined;
      throw error;
    }
  }

  async #text(name: string): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.readLog(name)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Its first line is the manifest, the second the SHA-256 of the first. */
  async #manifest(id: string): Promise<Manifest> {
    const [line = "", digest] = (await readFile(this.#base(id, MANIFEST), "utf8")).split("\n");
    if (digest !== sha256(line)) throw new Damage("corrupt", "its SHA-256 is another one");
    return JSON.parse(line) as Manifest;
  }

  async #marks(): Promise<readonly Mark[]> {
    const text = await readFile(join(this.directory, MARKS), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Mark];
      } catch {
        return []; // a torn line: what it knew is not claimed
      }
    });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function namesIn(path: string): Promise<readonly string[]> {
  return (await readdir(path).catch(() => [])).toSorted();
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
