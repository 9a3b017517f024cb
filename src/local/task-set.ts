import type { InstanceState } from "../base/journal.ts";
import { messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import { replacement } from "../control/replacement.ts";
import type {
  ReplacementAct,
  ReplacementSeen,
  ReplacementSpec,
  ReplacementState,
  TaskState,
} from "../control/replacement/language.ts";
import type { InstanceStatus } from "../world/world.ts";
import type { Context } from "./context.ts";
import { type RealTimeController, runInRealTime } from "./controller-world.ts";
import type { Address } from "./address.ts";
import type { TargetOrder } from "./process/messages-zone.ts";
import type { Child } from "./process/child.ts";
import { tally } from "./tally.ts";

/** A task's process and where it listens. */
interface Task {
  readonly id: string;
  readonly zone: string;
  readonly address: Address;
  readonly child: Child;
  /** What each balancer node says of it. */
  readonly opinions: Map<string, boolean>;
  alive: boolean;
}

/** How a task's process is started: with which program, in which zone, listening where. */
export type StartTask = (task: {
  id: string;
  zone: string;
  revision: string;
}) => Promise<{ address: Address; child: Child }>;

/** The tasks of one service over zones, and the controller that replaces them. */
export class TaskSet {
  readonly service: string;
  readonly #context: Context;
  readonly #spec: ReplacementSpec;
  readonly #startTask: StartTask;
  readonly #replacementMs: Ms;
  readonly #onTargets: (targets: readonly TargetOrder[]) => void;
  readonly #tasks = new Map<string, Task>();
  /** Registered with the balancer: true, or draining: false. */
  readonly #registered = new Map<string, boolean>();
  #running: RealTimeController<ReplacementState, ReplacementSeen> | null = null;
  #redundant = false;
  #wasWhole = false;

  constructor(
    context: Context,
    setup: {
      spec: ReplacementSpec;
      startTask: StartTask;
      /** The least that a start takes in this run, once the service is whole for the first time. */
      replacementMs: Ms;
      onTargets: (targets: readonly TargetOrder[]) => void;
    },
  ) {
    this.service = setup.spec.service;
    this.#context = context;
    this.#spec = setup.spec;
    this.#startTask = setup.startTask;
    this.#replacementMs = setup.replacementMs;
    this.#onTargets = setup.onTargets;
  }

  /** As many tasks serve as are wanted, balanced over the zones that there are. */
  get redundant(): boolean {
    return this.#redundant;
  }

  begin(): void {
    const { clock } = this.#context;
    this.#running = runInRealTime({
      controller: replacement,
      spec: this.#spec,
      state: replacement.start(this.#spec, clock.now()),
      clock,
      perform: (act) => this.#perform(act),
    });
  }

  see(...seen: readonly ReplacementSeen[]): void {
    this.#running?.see(...seen);
  }

  /** A zone is lost, or back: then what it still runs and nobody wants any more is ended. */
  seeZone(zone: string, available: boolean): void {
    this.see({ kind: "zone", zone, available });
    const wanted = this.#running?.state().tasks ?? {};
    for (const task of this.#tasks.values()) {
      if (available && task.zone === zone && !(task.id in wanted)) task.child.signal("SIGKILL");
    }
  }

  /** What a balancer node's health checks say; the majority of the nodes that have an opinion decides. */
  seeHealth(node: string, id: string, healthy: boolean): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    task.opinions.set(node, healthy);
    this.#judge(task);
  }

  /** A balancer node is gone, and its opinions with it. */
  forgetNode(node: string): void {
    for (const task of this.#tasks.values()) {
      if (task.opinions.delete(node)) this.#judge(task);
    }
  }

  /** The process of a task, for faults that are aimed at it. */
  child(id: string): Child | undefined {
    return this.#tasks.get(id)?.child;
  }

  /** The tasks that the balancer knows, for a zone process that was started again. */
  targets(): TargetOrder[] {
    return [...this.#registered].flatMap(([id, receiving]) => {
      const task = this.#tasks.get(id);
      return task ? [{ id, zone: task.zone, address: task.address, draining: !receiving }] : [];
    });
  }

  /** Kills what the zone holds, as a power loss does. */
  killIn(zone: string): void {
    for (const task of this.#tasks.values()) if (task.zone === zone) task.child.signal("SIGKILL");
  }

  statuses(): InstanceStatus[] {
    return Object.entries(this.#running?.state().tasks ?? {}).map(([id, task]) => ({
      id,
      component: this.service,
      region: this.#context.plan.region.name,
      zone: task.zone,
      pid: this.#tasks.get(id)?.child.pid ?? null,
      state: STATE_OF_PHASE[task.phase],
      role: null,
    }));
  }

  /** Lets the tasks finish what they work on, then ends them. */
  async stop(graceMs: number): Promise<void> {
    this.#running?.stop();
    await Promise.all([...this.#tasks.values()].map(({ child }) => child.stop(graceMs)));
  }

  #perform(act: ReplacementAct): void {
    const { events, clock } = this.#context;
    const common = { at: clock.now(), component: this.service };
    switch (act.kind) {
      case "start":
        void this.#start(act);
        break;
      case "stop":
        void this.#stop(act);
        break;
      case "register":
        this.#registered.set(act.task, true);
        this.#announce();
        break;
      case "deregister":
        this.#deregister(act.task);
        break;
      case "rolled-back":
        events.emit({ kind: "decision", ...common, what: "rolled-back", subject: act.from, detail: `to ${act.to}` });
        break;
      case "redundancy":
        this.#redundant = act.full;
        this.#wasWhole ||= act.full;
        events.emit({ kind: "redundancy", ...common, full: act.full });
        break;
    }
  }

  /** What still runs drains: it finishes what it has. What is dead is forgotten. */
  #deregister(id: string): void {
    if (this.#tasks.get(id)?.alive) this.#registered.set(id, false);
    else this.#registered.delete(id);
    this.#announce();
  }

  async #start(act: ReplacementAct & { kind: "start" }): Promise<void> {
    const since = this.#context.clock.now();
    if (!this.#context.reach.zone(act.zone))
      return this.#end(act, { ok: false, since, detail: "the zone cannot be reached" });
    const remains = this.#tasks.get(act.task);
    if (remains) await remains.child.stop(0);
    try {
      if (this.#wasWhole) await this.#context.clock.sleep(this.#replacementMs);
      const { address, child } = await this.#startTask({ id: act.task, zone: act.zone, revision: act.revision });
      const task: Task = { id: act.task, zone: act.zone, address, child, opinions: new Map(), alive: true };
      this.#tasks.set(act.task, task);
      this.#registered.delete(act.task);
      void child.exited.then((how) => this.#exited(task, how));
      this.#end(act, { ok: true, since });
    } catch (error) {
      this.#end(act, { ok: false, since, detail: messageOf(error) });
    }
  }

  async #stop(act: ReplacementAct & { kind: "stop" }): Promise<void> {
    const since = this.#context.clock.now();
    const task = this.#tasks.get(act.task);
    if (task && !this.#context.reach.zone(task.zone)) {
      return this.#end(act, { ok: false, since, detail: "the zone cannot be reached" });
    }
    await task?.child.stop(act.graceMs);
    if (this.#registered.delete(act.task)) this.#announce();
    this.#end(act, { ok: true, since });
  }

  #end(act: ReplacementAct & { kind: "start" | "stop" }, end: { ok: boolean; since: number; detail?: string }): void {
    const { events, clock } = this.#context;
    const at = clock.now();
    const detail = end.detail === undefined ? {} : { detail: end.detail };
    const what = { component: this.service, act: act.kind, subject: act.task, ok: end.ok, tookMs: at - end.since };
    events.emit({ kind: "act", at, ...what, ...detail });
    this.see({ kind: "done", id: act.id, ok: end.ok });
  }

  #exited(task: Task, how: string): void {
    task.alive = false;
    const { events, clock, reach } = this.#context;
    if (this.#tasks.get(task.id) !== task || !reach.zone(task.zone)) return; // the zone's agent cannot be heard
    const phase = this.#running?.state().tasks[task.id]?.phase;
    if (phase !== undefined && phase !== "draining") {
      events.emit({
        kind: "decision",
        at: clock.now(),
        component: this.service,
        what: "exited",
        subject: task.id,
        detail: how,
      });
    }
    this.see({ kind: "exited", task: task.id });
  }

  #judge(task: Task): void {
    const healthy = tally(task.opinions.values());
    if (healthy !== null) this.see({ kind: "health", task: task.id, healthy });
  }

  #announce(): void {
    this.#onTargets(this.targets());
  }
}

const STATE_OF_PHASE: Readonly<Record<TaskState["phase"], InstanceState>> = {
  starting: "starting",
  serving: "healthy",
  unhealthy: "unhealthy",
  draining: "draining",
};
