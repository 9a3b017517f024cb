import type { Ms } from "../../../base/units.ts";
import { listedReplacement } from "../../../control/replacement.ts";
import type {
  ReplacementAct,
  ReplacementBeliefs,
  ReplacementSeen,
  ReplacementSpec,
} from "../../../control/replacement/language.ts";
import type { ProbeSpec } from "../../../topology/spec.ts";
import { type Supervisor, superviseInVirtualTime } from "../../supervisor.ts";
import { type Spread, drawTime } from "../spread.ts";
import { type Answer, Watch } from "../watch.ts";
import { Load, type LoadPlan, tasksAt } from "./load.ts";
import type { Blow, Part, Surroundings } from "./part.ts";

/** The tasks of one service in one region. */
export interface TasksPlan {
  readonly kind: "tasks";
  readonly spec: ReplacementSpec;
  readonly probe: ProbeSpec;
  /** What AWS takes to start a task. */
  readonly startMs: Spread;
  readonly load: LoadPlan;
  /** How many tasks it has at least where it serves everybody; a warm standby has fewer. */
  readonly full: number;
  /** What the controller believes while all is well and so many tasks run; see {@link settleTasks}. */
  readonly settled: ((count: number) => SettledTasks) | null;
}

/** So many tasks of which all are well. */
export interface SettledTasks {
  readonly beliefs: ReplacementBeliefs;
  readonly tasks: readonly Readonly<Task>[];
}

/** One task, as it is. */
interface Task {
  readonly id: string;
  readonly zone: string;
  /** It was there before the incident, and nothing has happened to it: all incidents have the same. */
  readonly isShared: boolean;
  isUp: boolean;
  isHung: boolean;
  /** The balancer has it as a target. */
  receives: boolean;
  /** The balancer believes it to be well. */
  isTrusted: boolean;
}

interface Count {
  targets: number;
  /** Those that do what they are sent. */
  working: number;
  /** What these bear, in terms of tasks that nothing slows. */
  bearing: number;
}

/** Who probes the tasks: one vantage point stands for the nodes of the balancer. */
const BALANCER = "balancer";
/** The agent of a zone tells at most so long after that a process has exited. */
const HEARD_WITHIN_MS = 1_000;
/** What a task that is asked to end takes for the work that it has. */
const DRAINS_IN_MS = 1_000;

/** See {@link TasksPlan}: the replacement controller in virtual time, with what it commands. */
export class TasksPart implements Part {
  readonly #plan: TasksPlan;
  readonly #around: Surroundings;
  /** In the order in which they came. What is to be changed comes from `#own`. */
  readonly #tasks: Readonly<Task>[];
  readonly #watch: Watch;
  readonly #supervisor: Supervisor<ReplacementBeliefs, ReplacementSeen>;
  readonly #load: Load;
  #failing = 0;
  /** Null: something has changed since they were counted. */
  #counted: Count | null = null;

  constructor(plan: TasksPlan, around: Surroundings) {
    this.#plan = plan;
    this.#around = around;
    const { spec } = plan;
    const count = tasksAt(plan.load, around, spec.desired);
    const settled = plan.settled?.(count);
    this.#tasks = settled ? [...settled.tasks] : [];
    this.#watch = new Watch({
      time: around.time,
      probe: plan.probe,
      phaseOf: (_, task) => around.chance(`probe/${task}`).next(),
      find: (_, task) => this.#answer(task),
      tell: (_, task, healthy) => this.#judge(task, healthy),
    });
    this.#supervisor = superviseInVirtualTime(listedReplacement, spec, around.time, (act) => this.#perform(act));
    this.#supervisor.start(settled?.beliefs ?? listedReplacement.start(spec, around.time.now()));
    const { scaling } = plan.load;
    this.#load = new Load({ ...plan.load, scaling: scaling && { ...scaling, initial: count } }, around, {
      working: () => this.#counts().bearing,
      scaleTo: (desired) => this.scaleTo(desired),
    });
  }

  /** What its controller believes. */
  get state(): ReplacementBeliefs {
    return this.#supervisor.state();
  }

  /** To begin incidents with, once all is well. */
  get settled(): SettledTasks {
    const beliefs = this.state;
    const well = { isShared: true, isUp: true, isHung: false, receives: true, isTrusted: true };
    return { beliefs, tasks: beliefs.tasks.map(({ id, zone }) => ({ id, zone, ...well })) };
  }

  /** An attempt goes to a target that is believed to be well, or to any where none is. A customer has several. */
  share(): number {
    if (this.#failing > 0) return 0;
    const { targets, working } = this.#counts();
    if (targets === 0) return 0;
    const reached = 1 - (1 - working / targets) ** this.#plan.load.attempts;
    return reached * this.#load.served;
  }

  /** Operations a second that its tasks bear now. */
  get capacity(): number {
    return this.#failing > 0 ? 0 : this.#load.capacity;
  }

  /** So many tasks are wanted from now on. */
  scaleTo(count: number): void {
    this.#around.touched();
    this.#see({ kind: "desired", count });
  }

  look(): boolean {
    return this.#load.look();
  }

  #counts(): Count {
    return (this.#counted ??= this.#count());
  }

  /** Of the targets that are believed to be well, or of all where none is. */
  #count(): Count {
    const { isReached, reachesOut, isShifted, slownessOf } = this.#around;
    const trusted: Count = { targets: 0, working: 0, bearing: 0 };
    const others: Count = { targets: 0, working: 0, bearing: 0 };
    for (const { zone, receives, isTrusted, isUp, isHung } of this.#tasks) {
      if (!receives || isShifted(zone)) continue;
      const count = isTrusted ? trusted : others;
      count.targets += 1;
      if (!isUp || isHung || !isReached(zone) || !reachesOut(zone)) continue;
      count.working += 1;
      count.bearing += 1 / slownessOf(zone);
    }
    return trusted.targets > 0 ? trusted : others;
  }

  strike(blow: Blow): void {
    const { time } = this.#around;
    if (blow.kind === "fail") {
      this.#failing += 1;
      time.after(blow.forMs, () => (this.#failing -= 1));
      return;
    }
    if (blow.kind === "slow") return this.#load.slow(blow.factor, blow.forMs);
    const known = this.#find(blow.instance);
    if (!known?.isUp) return;
    const task = this.#own(known);
    if (blow.kind === "crash") return this.#exit(task);
    task.isHung = true;
    this.#look(task);
    time.after(blow.forMs, () => {
      task.isHung = false;
      this.#look(task);
    });
  }

  /** From now on it serves everybody. */
  grow(): void {
    const { desired } = this.state;
    if (desired < this.#plan.full) this.#see({ kind: "desired", count: this.#plan.full });
  }

  zoneChanged(zone: string): void {
    const isLit = this.#around.isLit(zone);
    for (const task of this.#tasks) {
      if (task.zone !== zone) continue;
      if (!isLit && task.isUp) this.#own(task).isUp = false;
      this.#look(task);
    }
  }

  zoneNoticed(zone: string, available: boolean): void {
    this.#see({ kind: "zone", zone, available });
    for (const task of this.#tasks.filter((each) => each.zone === zone)) {
      // What is forgotten is ended where its zone is heard again.
      const isForgotten = !this.state.tasks.some(({ id }) => id === task.id);
      if (!task.isUp || isForgotten) this.#tellExit(task);
    }
  }

  zoneShifted(): void {
    this.#counted = null;
  }

  #look({ id }: Readonly<Task>): void {
    this.#counted = null;
    if (this.#plan.spec.checked) this.#watch.look(BALANCER, id);
  }

  #find(id: string): Readonly<Task> | undefined {
    return this.#tasks.find((task) => task.id === id);
  }

  #own(task: Readonly<Task>): Task {
    if (!task.isShared) return task;
    const own = { ...task, isShared: false };
    this.#put(own);
    return own;
  }

  /** In place of the one of that name. */
  #put(task: Task): void {
    const at = this.#tasks.findIndex(({ id }) => id === task.id);
    this.#tasks[at < 0 ? this.#tasks.length : at] = task;
  }

  #remove(id: string): void {
    const at = this.#tasks.findIndex((task) => task.id === id);
    if (at >= 0) this.#tasks.splice(at, 1);
  }

  #judge(id: string, healthy: boolean): void {
    const task = this.#find(id);
    if (task) this.#own(task).isTrusted = healthy;
    this.#see({ kind: "health", task: id, healthy });
  }

  #see(seen: ReplacementSeen): void {
    this.#counted = null;
    this.#supervisor.see(seen);
  }

  #answer(id: string): Answer {
    const task = this.#find(id);
    if (!task?.receives) return "blind"; // nobody probes it any more
    if (!this.#around.isReached(task.zone) || task.isHung) return "hangs";
    return task.isUp ? "answers" : "refuses";
  }

  /** Its process ends by itself. */
  #exit(task: Task): void {
    const { time, chance, isReached } = this.#around;
    task.isUp = false;
    this.#look(task);
    time.after(HEARD_WITHIN_MS * chance(`exit/${task.id}`).next(), () => {
      if (isReached(task.zone)) this.#tellExit(task);
    });
  }

  #tellExit(task: Readonly<Task>): void {
    if (!this.#tasks.includes(task)) return;
    this.#remove(task.id);
    this.#see({ kind: "exited", task: task.id });
  }

  #perform(act: ReplacementAct): void {
    switch (act.kind) {
      case "start":
        return this.#start(act);
      case "stop":
        return this.#stop(act);
      case "register":
        return this.#receive(act.task, true);
      case "deregister":
        return this.#receive(act.task, false);
      default: // told for the journal
    }
  }

  #start({ id, task, zone }: ReplacementAct & { kind: "start" }): void {
    const { time, chance, isReached } = this.#around;
    time.after(drawTime(this.#plan.startMs, chance(`start/${task}`)), () => {
      const isWanted = this.state.tasks.some((each) => each.id === task && each.doing === id);
      const ok = isWanted && isReached(zone);
      if (ok)
        this.#put({
          id: task,
          zone,
          isShared: false,
          isUp: true,
          isHung: false,
          receives: !this.#plan.spec.checked,
          isTrusted: !this.#plan.spec.checked,
        });
      this.#see({ kind: "done", id, ok });
    });
  }

  #receive(id: string, receives: boolean): void {
    const known = this.#find(id);
    if (!known || known.receives === receives) return;
    const task = this.#own(known);
    task.receives = receives;
    this.#counted = null;
    if (!receives && !task.isUp) this.#remove(id);
    if (!receives) return;
    task.isTrusted = false;
    this.#watch.renew(BALANCER, id);
    this.#watch.look(BALANCER, id);
  }

  #stop({ id, task: name, graceMs }: ReplacementAct & { kind: "stop" }): void {
    const takes: Ms = Math.min(graceMs, DRAINS_IN_MS);
    this.#around.time.after(takes, () => {
      this.#remove(name);
      this.#see({ kind: "done", id, ok: true });
      this.#see({ kind: "exited", task: name });
    });
  }
}
