import { Worker } from "node:worker_threads";
import type { PartPlan, SystemModel } from "./model.ts";
import type { TasksPlan } from "./part/tasks.ts";
import { settleTasks } from "./settle.ts";
import type { YearsTally } from "./tally.ts";
import { type YearsRequest, tallyOf } from "./years.ts";

/** Who plays years: this thread, or several others. */
export interface Players {
  /** How many pieces of work they are given at a time. */
  readonly ahead: number;
  /** Rejects with what the thread threw. */
  play(request: YearsRequest): Promise<YearsTally>;
  /** Ends them, and with them whatever they still play. */
  close(): Promise<void>;
}

/** Plays years in this thread. */
export const ALONE: Players = {
  ahead: 1,
  play: async (request) => tallyOf(request),
  close: async () => undefined,
};

/** Each thread has one to play and one to go on with. */
const AHEAD = 2;

/** What a thread is told: another model, or years to play of the one that it has. */
export type ToThread =
  | { readonly kind: "model"; readonly model: BareModel }
  | { readonly kind: "years"; readonly years: Omit<YearsRequest, "model"> };

type BarePlan = PartPlan | Omit<TasksPlan, "settled">;

/** A model as it goes to another thread. */
export interface BareModel extends Omit<SystemModel, "parts"> {
  readonly parts: ReadonlyMap<string, BarePlan>;
}

interface Job {
  readonly request: YearsRequest;
  readonly done: PromiseWithResolvers<YearsTally>;
}

/** Starts so many threads; one is this thread itself. */
export function startPlayers(count: number): Players {
  if (count <= 1) return ALONE;
  const jobs: Job[] = [];
  const threads = Array.from({ length: count }, () => new YearsThread(() => jobs.shift()));
  return {
    ahead: AHEAD * count,
    play(request) {
      const done = Promise.withResolvers<YearsTally>();
      done.promise.catch(() => undefined); // it may end before it is waited for
      jobs.push({ request, done });
      for (const thread of threads) thread.takeNext();
      return done.promise;
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** One thread, which plays one job after the other. */
class YearsThread {
  readonly #next: () => Job | undefined;
  readonly #worker: Worker;
  #job: Job | null = null;
  /** What ended it. */
  #error: unknown = null;
  #model: SystemModel | null = null;

  constructor(next: () => Job | undefined) {
    this.#next = next;
    const source = import.meta.url.endsWith(".ts");
    this.#worker = new Worker(new URL(source ? "./years-thread.ts" : "./years-thread.js", import.meta.url));
    this.#worker.on("message", (tally: YearsTally) => {
      this.#job?.done.resolve(tally);
      this.#job = null;
      this.takeNext();
    });
    this.#worker.on("error", (error) => {
      this.#error = error;
      this.#job?.done.reject(error);
      this.#job = null;
      this.takeNext();
    });
  }

  /** Where it has ended, so does every other job: none waits for what is gone. */
  takeNext(): void {
    if (this.#error !== null) {
      for (let job = this.#next(); job; job = this.#next()) job.done.reject(this.#error);
      return;
    }
    if (this.#job !== null) return;
    this.#job = this.#next() ?? null;
    if (this.#job === null) return;
    const { model, ...years } = this.#job.request;
    if (model !== this.#model) this.#tell({ kind: "model", model: bare(model) });
    this.#model = model;
    this.#tell({ kind: "years", years });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message, []); // all is copied, and nothing handed over
  }
}

/** Without what cannot be copied. */
function bare(model: SystemModel): BareModel {
  const parts = new Map<string, BarePlan>(model.parts);
  for (const [key, plan] of model.parts) {
    if (plan.kind !== "tasks" || plan.settled === null) continue;
    const { settled: _, ...rest } = plan;
    parts.set(key, rest);
  }
  return { ...model, parts };
}

/** The model that this was. */
export function wholeModel(model: BareModel): SystemModel {
  const parts = new Map<string, PartPlan>();
  for (const [key, plan] of model.parts) {
    parts.set(key, plan.kind === "tasks" && !("settled" in plan) ? settleTasks(plan) : plan);
  }
  return { ...model, parts };
}
