import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/error.ts";
import type { WorldEvent } from "../base/journal.ts";
import type { Ms } from "../base/units.ts";
import { type Topology, componentsOf } from "../topology/topology.ts";
import type { RunCode } from "./codes.ts";
import { logSince } from "./engine/start-failure.ts";
import type { StateDirectory } from "./state-directory.ts";

/** Ends of each task that a service's programs are allowed while the system comes up; about two seconds of back-off. */
const ENDS_EACH = 5;
/** How long a component must have been well without a break where nothing but that it runs speaks for it. */
const PROOF_MS: Ms = 1_500;

interface Ends {
  readonly times: number;
  /** The last one. */
  readonly task: string;
  readonly how: string;
}

/**
 * Programs that end again and again while the system comes up: waiting for them any longer is no use. A service that
 * has served once is left alone, and so is one that calls another that has not: it may be waiting for that.
 */
export class CrashLoops {
  readonly #topology: Topology;
  readonly #state: StateDirectory;
  readonly #logged: ReadonlyMap<string, number>;
  readonly #ends = new Map<string, Ends>();
  readonly #served = new Set<string>();
  readonly #wellSince = new Map<string, Ms>();

  constructor(topology: Topology, state: StateDirectory) {
    this.#topology = topology;
    this.#state = state;
    this.#logged = logLengths(state.file("logs"));
  }

  /** Takes in what the world sees and decides. */
  see(event: WorldEvent): void {
    if (event.kind === "sight" && event.ok) this.#served.add(event.component);
    const how = endIn(event);
    if (how === undefined) return;
    const { component, subject: task } = event as { component: string; subject: string }; // every end has both
    this.#ends.set(component, { task, how, times: (this.#ends.get(component)?.times ?? 0) + 1 });
  }

  /**
   * Whether that all components are well can be believed. No health check speaks for a queue worker, nor for what has
   * ended before, so these must have been well for a while. To be asked again and again.
   */
  believes(components: readonly { readonly id: string; readonly redundant: boolean }[], now: Ms): boolean {
    const workers = new Set(this.#services().flatMap(({ id, settings }) => (settings.consumes === null ? [] : [id])));
    for (const { id, redundant } of components) {
      if (!redundant) this.#wellSince.delete(id);
      else if (!this.#wellSince.has(id)) this.#wellSince.set(id, now);
    }
    return components.every(({ id }) => {
      const forMs = workers.has(id) || this.#ends.has(id) ? PROOF_MS : 0;
      return now - (this.#wellSince.get(id) ?? now + 1) >= forMs;
    });
  }

  /** RUN-006 with the program's own last words, where a service has no prospect of coming up; else undefined. */
  async problem(): Promise<UserError | undefined> {
    const services = this.#services();
    const serves = (id: string): boolean => !services.some((each) => each.id === id) || this.#served.has(id);
    for (const { id, settings } of services) {
      const ends = this.#ends.get(id);
      const isHopeless = ends !== undefined && ends.times >= ENDS_EACH * settings.scale.min && !this.#served.has(id);
      if (isHopeless && settings.uses.every(serves)) return this.#failure(id, ends);
    }
    return undefined;
  }

  #services() {
    return componentsOf(this.#topology, "service");
  }

  async #failure(service: string, { times, how, task }: Ends): Promise<UserError> {
    const logFile = this.#state.logFile(task);
    const words = lastWords(await logSince(logFile, this.#logged.get(`${task}.log`) ?? 0));
    return new UserError({
      code: "RUN-006" satisfies RunCode,
      message: `"${service}" does not come up: its program ended ${times} times (${how})${words && `: ${words}`}`,
      fix: `mend that, and start again; the whole log is ${logFile}`,
    });
  }
}

/** What logs hold of earlier runs. */
function logLengths(folder: string): ReadonlyMap<string, number> {
  try {
    return new Map(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));
  } catch {
    return new Map();
  }
}

/** How a program ended, or why it could not be started. */
function endIn(event: WorldEvent): string | undefined {
  if (event.kind === "decision" && event.what === "exited") return event.detail ?? "";
  return event.kind === "act" && event.act === "start" && !event.ok ? event.detail : undefined;
}

/** The last line of a log that tells what went wrong: stack traces go on after it in some languages. */
export function lastWords(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const telling = /\b(\w*error|\w*exception|fatal|panic|cannot|not found|no such|denied|refused)\b/i;
  return (lines.findLast((line) => telling.test(line) && !/^\s+at /.test(line)) ?? lines.at(-1) ?? "").trim();
}
