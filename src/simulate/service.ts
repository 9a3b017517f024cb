import { type Random, seededRandom } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import { replacement } from "../control/replacement.ts";
import type {
  ReplacementAct,
  ReplacementSeen,
  ReplacementSpec,
  ReplacementState,
} from "../control/replacement/language.ts";
import type { ServiceFault } from "./service/fault.ts";
import { type Supervisor, superviseInVirtualTime } from "./supervisor.ts";
import { Violation } from "./violation.ts";
import { type VirtualTime, virtualTime } from "./virtual-time.ts";

/** A task's process. */
interface Task {
  readonly id: string;
  readonly zone: string;
  readonly revision: string;
  /** Whether the balancer sends it work; a worker takes it by itself. */
  receives: boolean;
  hung: boolean;
  /** What the balancer's checks say; null: nothing yet. */
  healthy: boolean | null;
  working: number;
}

/** How a modelled service is set up. */
export interface ServiceOptions {
  readonly spec: ReplacementSpec;
  readonly seed: number;
  /** A deliberately wrong one, to see the checks notice. */
  readonly controller?: typeof replacement;
}

/** No piece of work takes longer; shorter than the drain, so that nothing need be cut off. */
const LONGEST_WORK_MS = 2_000;

/** The controller knows of every loss after so long. */
const NOTICED_AFTER_MS = 1_500;

/**
 * A service over zones in virtual time, with work that comes in pieces, health checks, and the replacement controller.
 * Not modelled: load (a piece of work takes as long however many there are), and stops that fail.
 */
export class SimulatedService {
  readonly time: VirtualTime = virtualTime();
  readonly #spec: ReplacementSpec;
  readonly #random: Random;
  readonly #supervisor: Supervisor<ReplacementState, ReplacementSeen>;
  readonly #tasks = new Map<string, Task>();
  readonly #dark = new Map<string, number>();
  #checksFail = 0;
  #startsFail = 0;
  #deployments = 0;
  /** When something that served was lost, of late: nobody can know of it yet. */
  #losses: Ms[] = [];
  /** Since when too few serve although more could; null while that is not so. */
  #below: Ms | null = null;

  constructor({ spec, seed, controller = replacement }: ServiceOptions) {
    this.#spec = spec;
    this.#random = seededRandom(`${seed}/service`);
    this.#supervisor = superviseInVirtualTime(controller, spec, this.time, (act) => this.#perform(act));
    this.#supervisor.start(controller.start(spec, 0));
    this.#work();
  }

  get state(): ReplacementState {
    return this.#supervisor.state();
  }

  /** Lets time pass, with every promise checked after each event. Throws a {@link Violation}. */
  runUntil(until: Ms, recoversWithinMs: Ms): void {
    this.time.runUntil(until, () => this.#check(recoversWithinMs));
  }

  /** Whether exactly what is wanted serves, spread evenly, of the wanted revision. */
  isWhole(): boolean {
    const { desired, revision, redundant } = this.state;
    const tasks = [...this.#tasks.values()];
    const counts = this.#spec.zones.map((zone) => tasks.filter((task) => task.zone === zone).length);
    const even = Math.max(...counts) - Math.min(...counts) <= 1;
    return (
      redundant &&
      even &&
      tasks.length === desired &&
      tasks.every((task) => this.#serves(task) && task.revision === revision)
    );
  }

  /** Begins a fault; the returned function ends it. */
  inject(fault: ServiceFault): () => void {
    const servingBefore = this.#serving();
    const heal = this.#begin(fault);
    this.#below = null;
    for (let lost = servingBefore - this.#serving(); lost > 0; lost -= 1) this.#losses.push(this.time.now());
    return heal;
  }

  #begin(fault: ServiceFault): () => void {
    const none = (): void => undefined;
    switch (fault.kind) {
      case "crash":
        this.#exit(this.#drawTask(fault.lot));
        return none;
      case "hang":
        return this.#hang(this.#drawTask(fault.lot));
      case "power":
        return this.#powerOff(fault.zone);
      case "checks-fail":
        this.#checksFail += 1;
        this.#checkAll();
        return () => {
          this.#checksFail -= 1;
          this.#checkAll();
        };
      case "starts-fail":
        this.#startsFail += 1;
        return () => (this.#startsFail -= 1);
      case "scale":
        this.#see({ kind: "desired", count: fault.desired });
        return none;
      case "deploy":
        this.#deployments += 1;
        this.#see({ kind: "revision", revision: `${fault.quality}-${this.#deployments}` });
        return none;
    }
  }

  #see(seen: ReplacementSeen): void {
    this.#supervisor.see(seen);
  }

  #serves(task: Task): boolean {
    return task.receives && task.healthy === true && !task.hung;
  }

  #serving(): number {
    let count = 0;
    for (const task of this.#tasks.values()) if (this.#serves(task)) count += 1;
    return count;
  }

  /** No more than are wanted. */
  #least(): number {
    return Math.min(this.#spec.min, this.state.desired);
  }

  #hasPower(zone: string): boolean {
    return (this.#dark.get(zone) ?? 0) === 0;
  }

  #check(recoversWithinMs: Ms): void {
    const capacity =
      this.#checksFail === 0 && this.#startsFail === 0 && this.#spec.zones.some((zone) => this.#hasPower(zone));
    if (!capacity || this.#serving() >= this.#least()) this.#below = null;
    else this.#below ??= this.time.now();
    if (this.#below !== null && this.time.now() - this.#below > recoversWithinMs)
      this.#fail(`fewer than ${this.#least()} serve for ${recoversWithinMs} ms`);
  }

  #fail(why: string): never {
    throw new Violation(`at ${Math.round(this.time.now())} ms: ${why}`);
  }

  #drawTask(lot: number): Task | undefined {
    const tasks = [...this.#tasks.values()];
    return tasks[Math.floor(lot * tasks.length)];
  }

  #exit(task: Task | undefined): void {
    if (!task || this.#tasks.get(task.id) !== task) return;
    this.#tasks.delete(task.id);
    this.time.after(20 * this.#random.next(), () => {
      if (this.#hasPower(task.zone)) this.#see({ kind: "exited", task: task.id });
    });
  }

  #lose(task: Task): void {
    if (this.#serves(task)) this.#losses.push(this.time.now());
    this.#exit(task);
  }

  #hang(task: Task | undefined): () => void {
    if (!task || !this.#spec.checked) return () => undefined;
    task.hung = true;
    this.#checkSoon(task);
    return () => {
      task.hung = false;
      this.#checkSoon(task);
    };
  }

  #powerOff(zone: string): () => void {
    this.#dark.set(zone, (this.#dark.get(zone) ?? 0) + 1);
    for (const task of this.#tasks.values()) if (task.zone === zone) this.#tasks.delete(task.id);
    this.#tellZone(zone);
    return () => {
      this.#dark.set(zone, (this.#dark.get(zone) ?? 0) - 1);
      this.#tellZone(zone);
    };
  }

  #tellZone(zone: string): void {
    this.time.after(500 * this.#random.next(), () => {
      const available = this.#hasPower(zone);
      this.#see({ kind: "zone", zone, available });
      if (!available) return;
      for (const task of this.#tasks.values()) {
        if (task.zone === zone && !(task.id in this.state.tasks)) this.#tasks.delete(task.id);
      }
      for (const [id, task] of Object.entries(this.state.tasks)) {
        if (task.zone === zone && !this.#tasks.has(id)) this.#see({ kind: "exited", task: id });
      }
    });
  }

  /** Health checks notice some time after the truth has changed. */
  #checkSoon(task: Task): void {
    if (!this.#spec.checked) return;
    this.time.after(300 + 700 * this.#random.next(), () => {
      const healthy = !task.hung && this.#checksFail === 0 && !task.revision.startsWith("never-healthy");
      if (this.#tasks.get(task.id) !== task || !task.receives || healthy === task.healthy) return;
      task.healthy = healthy;
      this.#see({ kind: "health", task: task.id, healthy });
    });
  }

  #checkAll(): void {
    for (const task of this.#tasks.values()) this.#checkSoon(task);
  }

  /** A piece of work goes to each task that serves. */
  #work(): void {
    for (const task of this.#tasks.values()) {
      if (!this.#serves(task)) continue;
      task.working += 1;
      this.time.after(LONGEST_WORK_MS * this.#random.next(), () => (task.working -= 1));
    }
    this.time.after(this.#random.exponential(400), () => this.#work());
  }

  #perform(act: ReplacementAct): void {
    if (act.kind === "start") this.time.after(100 + 900 * this.#random.next(), () => this.#start(act));
    else if (act.kind === "stop") this.#stop(act);
    else if (act.kind === "register" || act.kind === "deregister") this.#receive(act.task, act.kind === "register");
  }

  #receive(id: string, receives: boolean): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    if (!receives) this.#mustSpare(task);
    task.receives = receives;
    this.#checkSoon(task);
  }

  #start(act: ReplacementAct & { kind: "start" }): void {
    const { task: id, zone, revision } = act;
    const isWanted = this.state.tasks[id]?.doing === act.id;
    const ok = isWanted && this.#hasPower(zone) && this.#startsFail === 0;
    if (ok) {
      if (this.#tasks.has(id)) this.#fail(`${id} is started while it runs`);
      const isWorker = !this.#spec.checked;
      const task: Task = { id, zone, revision, receives: isWorker, hung: false, healthy: isWorker || null, working: 0 };
      this.#tasks.set(id, task);
      if (revision.startsWith("exits")) this.time.after(500 * this.#random.next(), () => this.#lose(task));
    }
    this.#see({ kind: "done", id: act.id, ok });
  }

  /** The process is asked to end: it does so when nothing is under way, or is ended after `graceMs`. */
  #stop(act: ReplacementAct & { kind: "stop" }): void {
    const task = this.#tasks.get(act.task);
    if (task) this.#mustSpare(task);
    const wasWell = task !== undefined && task.healthy === true && !task.hung;
    if (task && !this.#spec.checked) task.receives = false;
    const deadline = this.time.now() + act.graceMs;
    const end = (): void => {
      const running = task && this.#tasks.get(task.id) === task ? task : undefined;
      if (running && running.working > 0 && this.time.now() < deadline) return void this.time.after(50, end);
      if (running && running.working > 0 && wasWell) this.#fail(`${running.id} is ended with work in flight`);
      this.#exit(running);
      this.#see({ kind: "done", id: act.id, ok: true });
    };
    this.time.after(10, end);
  }

  /** Nobody takes away what serves while it is needed. */
  #mustSpare(task: Task): void {
    this.#losses = this.#losses.filter((at) => at > this.time.now() - NOTICED_AFTER_MS);
    const known = this.#serving() + this.#losses.length;
    if (this.#serves(task) && known <= this.#least())
      this.#fail(`${task.id} is taken away, and fewer than ${this.#least()} serve`);
  }
}
