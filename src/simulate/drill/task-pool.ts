import type { Ms } from "../../base/units.ts";
import { nextStart } from "../../control/start-pace.ts";
import { replacement } from "../../control/replacement.ts";
import type {
  ReplacementAct,
  ReplacementSeen,
  ReplacementSpec,
  ReplacementState,
} from "../../control/replacement/language.ts";
import { tally } from "../../control/tally.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { onceHeard } from "../../world/reach.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import { type Answer, Watch } from "../system/watch.ts";
import type { DrillSurroundings } from "./member-set.ts";

/** A service of a drill: what its controller is given, and what starting a program takes. */
export interface TaskPoolPlan {
  readonly service: string;
  /** Zones with a balancer node. */
  readonly nodes: readonly string[];
  readonly spec: ReplacementSpec;
  /** How each node probes; null for a worker, which nobody probes. */
  readonly probe: ProbeSpec | null;
  readonly checkDelay: number;
  /** The least that a start takes in this run. */
  readonly startMs: Ms;
  readonly execMs: Spread;
  readonly programMs: Spread;
  readonly heardMs: Spread;
  /** Until a task that drains has nothing left to do. */
  readonly drainsMs: Spread;
  readonly settled: ReplacementState | null;
}

/** One task as it was at a moment. */
export interface TaskView {
  readonly id: string;
  readonly zone: string;
  readonly process: "up" | "hung" | "down";
  /** Its program answers what it is asked; else it refuses, or says that it cannot. */
  readonly serves: boolean;
  /** By node: what its health checks hold of it; null: nothing yet. One that is missing does not know it. */
  readonly trust: Readonly<Record<string, boolean | null>>;
}

interface Task {
  readonly id: string;
  readonly zone: string;
  readonly isBroken: boolean;
  process: TaskView["process"];
  isListening: boolean;
  receives: boolean;
  readonly trust: Map<string, boolean | null>;
}

/** See {@link TaskPoolPlan}: the replacement controller in virtual time, with the balancer's health checks. */
export class TaskPool {
  readonly #plan: TaskPoolPlan;
  readonly #around: DrillSurroundings;
  /** Whether a task in this zone would answer its health check, as far as that asks others. */
  readonly #passes: (zone: string) => boolean;
  readonly #tasks = new Map<string, Task>();
  readonly #watch: Watch | null;
  readonly #supervisor: Supervisor<ReplacementState, ReplacementSeen>;
  #broken: string | null = null;
  #paidAt: Ms = 0;
  #isGrowing = false;

  constructor(plan: TaskPoolPlan, around: DrillSurroundings, passes: (zone: string) => boolean) {
    this.#plan = plan;
    this.#around = around;
    this.#passes = passes;
    const { spec, settled, nodes } = plan;
    for (const [id, { zone }] of Object.entries(settled?.tasks ?? {})) {
      const trust = new Map(nodes.map((node) => [node, true] as const));
      this.#tasks.set(id, { id, zone, isBroken: false, process: "up", isListening: true, receives: true, trust });
    }
    this.#watch =
      plan.probe &&
      new Watch({
        time: around.time,
        probe: plan.probe,
        // What comes new is probed at once, and at its interval from then on.
        phaseOf: (node, task) => (settled?.tasks[task] ? around.chance(`${node} probes ${task}`).next() : 0),
        find: (node, task) => this.#find(node, task),
        tell: (node, task, healthy) => this.#hear(node, task, healthy),
      });
    this.#supervisor = superviseInVirtualTime(replacement, spec, around.time, (act) => this.#perform(act));
    this.#supervisor.start(settled ?? replacement.start(spec, around.time.now()));
  }

  get state(): ReplacementState {
    return this.#supervisor.state();
  }

  get view(): readonly TaskView[] {
    return [...this.#tasks.values()].flatMap(({ id, zone, isBroken, process, isListening, receives, trust }) => {
      const serves = isListening && !isBroken;
      return receives ? [{ id, zone, process, serves, trust: Object.fromEntries(trust) }] : [];
    });
  }

  look(): void {
    for (const node of this.#plan.nodes) for (const id of this.#tasks.keys()) this.#watch?.look(node, id);
  }

  has(id: string): boolean {
    return this.#tasks.has(id);
  }

  /** Its process ends. */
  kill(id: string): void {
    const task = this.#tasks.get(id);
    if (!task || task.process === "down") return;
    task.process = "down";
    task.isListening = false;
    this.#around.changed();
    const { time, network, chance } = this.#around;
    time.after(drawTime(this.#plan.heardMs, chance(`${id} exits`)), () =>
      onceHeard({ reach: network.reach, clock: time }, task.zone, () => this.#tellExit(task)),
    );
  }

  killIn(zone: string): void {
    for (const { id, zone: own } of this.#tasks.values()) if (own === zone) this.kill(id);
  }

  pause(id: string, isPaused: boolean): void {
    const task = this.#tasks.get(id);
    if (task && task.process !== "down") task.process = isPaused ? "hung" : "up";
    this.#around.changed();
  }

  /** So many tasks are wanted from now on. */
  scaleTo(count: number): void {
    this.#isGrowing = true; // a drill's load only grows
    this.#see({ kind: "desired", count });
  }

  /** Deploys a revision that never passes its health checks. */
  deployBroken(revision: string): void {
    this.#broken = revision;
    this.#see({ kind: "revision", revision });
  }

  seeZone(zone: string, available: boolean): void {
    this.#see({ kind: "zone", zone, available });
    const wanted = this.state.tasks;
    for (const task of this.#tasks.values()) {
      if (available && task.zone === zone && !(task.id in wanted)) this.#tasks.delete(task.id);
    }
    this.#around.changed();
  }

  /** A balancer node cannot be heard any more, and its opinions count for nothing. */
  forgetNode(node: string): void {
    for (const task of this.#tasks.values()) if (task.trust.delete(node)) this.#judge(task);
  }

  #see(seen: ReplacementSeen): void {
    this.#supervisor.see(seen);
  }

  #find(node: string, id: string): Answer {
    const { network } = this.#around;
    const task = this.#tasks.get(id);
    if (!task?.receives || !network.view.isLit(node)) return "blind";
    const end = { zone: task.zone, component: this.#plan.service, instance: id };
    const way = network.view.way(node, end, "observe");
    if (way.kind !== "open") return way.kind;
    const timeoutMs = this.#plan.probe?.timeoutMs ?? 0;
    if (task.process === "hung" || way.delayMs * this.#plan.checkDelay >= timeoutMs) return "hangs";
    return task.isListening && !task.isBroken && this.#passes(task.zone) ? "answers" : "refuses";
  }

  #hear(node: string, id: string, healthy: boolean): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    task.trust.set(node, healthy);
    this.#around.changed();
    this.#judge(task);
  }

  #judge({ id, trust }: Task): void {
    const opinions = [...trust.values()].filter((opinion) => opinion !== null);
    const healthy = tally(opinions);
    if (healthy !== null) this.#see({ kind: "health", task: id, healthy });
  }

  #tellExit(task: Task): void {
    if (this.#tasks.get(task.id) !== task) return;
    this.#tasks.delete(task.id);
    this.#around.changed();
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
      case "redundancy":
        if (act.full && this.#isGrowing) this.#around.decided(this.#plan.service, "scale-out-complete");
        this.#isGrowing &&= !act.full;
        return;
      default: // told for the journal
    }
  }

  #start({ id, task: name, zone, revision }: ReplacementAct & { kind: "start" }): void {
    const { time, network, chance } = this.#around;
    const end = (ok: boolean): void => this.#see({ kind: "done", id, ok });
    if (!network.reach.zone(zone)) {
      time.after(0, () => end(false));
      return;
    }
    const { paidAt, waitMs } = nextStart(this.#paidAt, time.now());
    this.#paidAt = paidAt;
    time.after(this.#plan.startMs + waitMs + drawTime(this.#plan.execMs, chance(`${name} starts`)), () => {
      if (!network.reach.zone(zone)) return end(false);
      const isBroken = revision === this.#broken;
      const task: Task = {
        id: name,
        zone,
        isBroken,
        process: "up",
        isListening: false,
        receives: this.#plan.probe === null,
        trust: new Map(),
      };
      this.#tasks.set(name, task);
      this.#around.startProgram(name, this.#plan.programMs, () => {
        task.isListening = task.process === "up";
        this.#around.changed();
      });
      end(true);
    });
  }

  #receive(id: string, receives: boolean): void {
    const task = this.#tasks.get(id);
    if (!task || task.receives === receives) return;
    task.receives = receives;
    task.trust.clear();
    this.#around.changed();
    if (!receives) return;
    for (const node of this.#plan.nodes) {
      task.trust.set(node, null);
      this.#watch?.renew(node, id);
    }
  }

  #stop({ id, task: name, graceMs }: ReplacementAct & { kind: "stop" }): void {
    const { time, network, chance } = this.#around;
    const task = this.#tasks.get(name);
    if (task && !network.reach.zone(task.zone)) {
      time.after(0, () => this.#see({ kind: "done", id, ok: false }));
      return;
    }
    time.after(Math.min(graceMs, drawTime(this.#plan.drainsMs, chance(`${name} drains`))), () => {
      this.#tasks.delete(name);
      this.#around.changed();
      this.#see({ kind: "done", id, ok: true });
      this.#see({ kind: "exited", task: name });
    });
  }
}
