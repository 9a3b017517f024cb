import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/error.ts";
import type { RunCode } from "./codes.ts";
import { signalProcess, signalTree } from "./process/child.ts";
import { startTimeOf } from "./process/start-time.ts";

/** What a running supervisor leaves for the other verbs to find it by. Holds the token: mode 600. */
export interface RunRecord {
  readonly pid: number;
  /** Start of that process as the system counts it: a pid alone may have been given to another. */
  readonly startTime: string;
  readonly system: string;
  readonly config: string;
  readonly pace: string;
  readonly control: string;
  readonly token: string;
}

/**
 * Everything that a system leaves on disk, in one folder, `.holdfast/` beside its definition. One folder a component.
 */
export class StateDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  file(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  logFile(name: string): string {
    return this.file("logs", `${name}.log`);
  }

  /** The record of the supervisor that runs now; undefined where none does. */
  running(): RunRecord | undefined {
    const record = this.#read<RunRecord>("run.json");
    return record !== undefined && startTimeOf(record.pid) === record.startTime ? record : undefined;
  }

  /**
   * Makes this process the folder's supervisor: refuses where another one lives, else ends what a dead one left behind.
   * Returns how many orphans there were.
   */
  claim(): number {
    const other = this.running();
    if (other !== undefined) {
      throw new UserError({
        code: "RUN-001" satisfies RunCode,
        message: `"${other.system}" already runs from ${this.path} (process ${other.pid})`,
        fix: "run `holdfast down` first, or use `holdfast status` to look at it",
      });
    }
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const orphans = this.#reap();
    this.write("children.jsonl", "");
    return orphans;
  }

  /** Announces this supervisor, once it can be talked to. */
  announce(record: RunRecord): void {
    this.write("run.json", JSON.stringify(record));
  }

  /** Takes the announcement back. */
  release(): void {
    rmSync(this.file("run.json"), { force: true });
    rmSync(this.file("children.jsonl"), { force: true });
  }

  /** Notes a child, so that the next `up` can end it if nobody else did. */
  noteChild(pid: number): void {
    appendFileSync(this.file("children.jsonl"), `${JSON.stringify({ pid, startTime: startTimeOf(pid) })}\n`);
  }

  /** Replaces a file at once, so that a reader never sees half of it. Mode 600: it may hold secrets. */
  write(name: string, text: string): void {
    const path = this.file(name);
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** A JSON file of the folder; undefined where there is none, or where it is no JSON. */
  readJson<T>(name: string): T | undefined {
    return this.#read<T>(name);
  }

  #read<T>(name: string): T | undefined {
    try {
      return JSON.parse(readFileSync(this.file(name), "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  /** Ends the children of a dead supervisor that are still those children: same pid and same start. */
  #reap(): number {
    let lines: string[] = [];
    try {
      lines = readFileSync(this.file("children.jsonl"), "utf8").split("\n");
    } catch {
      return 0;
    }
    const alive = lines.flatMap((line) => {
      const child = parseChild(line);
      return child !== undefined && startTimeOf(child.pid) === child.startTime ? [child.pid] : [];
    });
    for (const pid of alive) {
      signalProcess(-pid, "SIGCONT");
      signalTree(pid, "SIGKILL");
    }
    return alive.length;
  }
}

function parseChild(line: string): { pid: number; startTime: string } | undefined {
  try {
    const child = JSON.parse(line) as { pid?: unknown; startTime?: unknown };
    return typeof child.pid === "number" && typeof child.startTime === "string"
      ? { pid: child.pid, startTime: child.startTime }
      : undefined;
  } catch {
    return undefined; // a torn last line
  }
}
