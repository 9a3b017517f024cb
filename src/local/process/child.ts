import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync, readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../base/error.ts";

/** How to start a process of the local world. */
export interface Command {
  /** What it is called in messages, such as an instance's id. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited unless the caller puts it in. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** With an IPC channel, for our own Node processes. @default false */
  readonly ipc?: boolean;
}

/** A process of the local world, leader of its own process group, killed with the supervisor however that dies. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Node's handle, for the IPC channel of our own processes. */
  readonly handle: ChildProcess;
  /** Resolves when the process itself is gone, with a text such as `exit 0` or `SIGKILL`; never rejects. */
  readonly exited: Promise<string>;
  /** Sends a signal to the process and all its descendants, those in other sessions too. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL of the tree after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** Starts processes that cannot outlive the supervisor. */
export interface Spawner {
  spawn(command: Command): Promise<Child>;
}

/** What a guard is told of each group: see `watchdog.ts`. */
export interface Guard {
  add(pid: number): void;
  remove(pid: number): void;
}

/**
 * A spawner whose children `guard` ends when this process dies. Rejects with the system's error where the command
 * cannot start.
 */
export function createSpawner(guard: Guard): Spawner {
  return {
    async spawn(command) {
      mkdirSync(dirname(command.logFile), { recursive: true });
      const log = openSync(command.logFile, "a", 0o600);
      try {
        const handle = spawn(command.command, command.args, {
          cwd: command.cwd,
          env: command.env,
          detached: true,
          stdio: command.ipc ? ["ignore", log, log, "ipc"] : ["ignore", log, log],
        });
        const exited = new Promise<string>((resolve) => {
          handle.once("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
          handle.once("error", (error) => resolve(messageOf(error)));
        });
        await started(handle);
        const pid = handle.pid!; // set once it has started
        guard.add(pid);
        void exited.then(() => guard.remove(pid));
        return child(command.name, pid, handle, exited);
      } finally {
        closeSync(log);
      }
    },
  };
}

function started(handle: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.once("spawn", resolve);
    handle.once("error", reject);
  });
}

function child(name: string, pid: number, handle: ChildProcess, exited: Promise<string>): Child {
  const signal = (sent: NodeJS.Signals): void => signalTree(pid, sent);
  return {
    name,
    pid,
    handle,
    exited,
    signal,
    async stop(graceMs) {
      signalProcess(pid, "SIGTERM");
      const timer = AbortSignal.timeout(graceMs);
      const onTimeout = (): void => signal("SIGKILL");
      timer.addEventListener("abort", onTimeout, { once: true });
      await exited;
      timer.removeEventListener("abort", onTimeout);
      // What the process left behind in its group goes with it.
      signalProcess(-pid, "SIGKILL");
    },
  };
}

/** Signals a process and all its descendants. PostgreSQL's backends call setsid, so the group alone is not enough. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  const tree = descendants(pid);
  signalProcess(-pid, signal);
  for (const each of [pid, ...tree]) signalProcess(each, signal);
}

/** Sends `signal` to `pid` (to a group where negative); false where there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A process and all its descendants. */
export function processTree(pid: number): readonly number[] {
  return [pid, ...descendants(pid)];
}

/** Children of `pid` and theirs, by `/proc`; empty where there is none (macOS: groups only). */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of procEntries()) {
    const parent = parentOf(entry);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const own = children.get(next) ?? [];
    found.push(...own);
    queue.push(...own);
  }
  return found;
}

function procEntries(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  try {
    // pid (name) state ppid …; the name may hold anything, so read from its last parenthesis on.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
