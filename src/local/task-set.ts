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
import { onceHeard } from "../world/reach.ts";
import type { StartPace } from "./start-pace.ts";
import { tally } from "../control/tally.ts";

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
  readonly #startPace: StartPace;
  readonly #onTargets: (targets: readonly TargetOrder[]) => void;
  readonly #drained: (task: string) => Promise<void>;
  readonly #tasks = new Map<string, Task>();
  /** Registered with the balancer: true, or draining: false. */
  readonly #registered = new Map<string, boolean>();
  #running: RealTimeController<ReplacementState, ReplacementSeen> | null = null;
  /** Balancer nodes none of whose targets is healthy. */
  readonly #failingOpen = new Set<string>();
  #stopping = false;
  #redundant = false;
  #wasWhole = false;
  /** More tasks were asked for, and do not serve yet. */
  #growing = false;

  constructor(
    context: Context,
    setup: {
      spec: ReplacementSpec;
      startTask: StartTask;
      /** The least that a start takes in this run, once the service is whole for the first time. */
      replacementMs: Ms;
      /** Spreads the starts of all services over time, once the service is whole for the first time. */
      startPace: StartPace;
      onTargets: (targets: readonly TargetOrder[]) => void;
      /** Resolves once nothing is under way to a task that drains. */
      drained: (task: string) => Promise<void>;
    },
  ) {
    this.service = setup.spec.service;
    this.#context = context;
    this.#spec = setup.spec;
    this.#startTask = setup.startTask;
    this.#replacementMs = setup.replacementMs;
    this.#startPace = setup.startPace;
    this.#onTargets = setup.onTargets;
    this.#drained = setup.drained;
  }

  /** As many tasks serve as are wanted, balanced over the zones that there are. */
  get redundant(): boolean {
    return this.#redundant;
  }

  /** Begins with so many tasks; with none, it waits until there are to be some. */
  begin(count: number): void {
    const { clock } = this.#context;
    const spec = { ...this.#spec, desired: count };
    this.#running = runInRealTime({
      controller: replacement,
      spec,
      state: replacement.start(spec, clock.now()),
      clock,
      perform: (act) => this.#perform(act),
    });
  }

  see(...seen: readonly ReplacementSeen[]): void {
    this.#running?.see(...seen);
  }

  /** So many tasks are wanted from now on. `scale-out-complete` is decided once so many more serve. */
  scaleTo(count: number): void {
    this.#growing = count > (this.#running?.state().desired ?? count);
    this.see({ kind: "desired", count });
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
    this.#lookAtNode(node);
  }

  /** A balancer node is gone, and its opinions with it. */
  forgetNode(node: string): void {
    this.#failingOpen.delete(node);
    for (const task of this.#tasks.values()) {
      if (task.opinions.delete(node)) this.#judge(task);
    }
  }

  /** The process of a task, for faults that are aimed at it; undefined where it has none (any more). */
  child(id: string): Child | undefined {
    const task = this.#tasks.get(id);
    return task?.alive ? task.child : undefined;
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

  /** Wants no task any more, and kills those that there are: they belong to a region that was given up. */
  async fence(): Promise<void> {
    this.scaleTo(0);
    const alive = [...this.#tasks.values()].filter(({ alive }) => alive);
    for (const { child } of alive) child.signal("SIGKILL");
    await Promise.all(alive.map(({ child }) => child.exited));
  }

  statuses(): InstanceStatus[] {
    return Object.entries(this.#running?.state().tasks ?? {}).map(([id, task]) => {
      const alive = this.child(id);
      // What ended in a zone that nobody can hear is still believed to serve: people are told what is so.
      const isGone = this.#tasks.has(id) && !alive && task.phase !== "starting";
      return {
        id,
        component: this.service,
        region: this.#context.plan.region.name,
        zone: task.zone,
        pid: alive?.pid ?? null,
        state: isGone ? "stopped" : STATE_OF_PHASE[task.phase],
        role: null,
      };
    });
  }

  /** Lets the tasks finish what they work on, then ends them. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#running?.stop();
    await Promise.all([...this.#tasks.values()].map(({ child }) => child.stop(graceMs)));
  }

  #perform(act: ReplacementAct): void {
    const { events, clock } = this.#context;
    const common = { at: clock.now(), component: this.service };
    switch (act.kind) {
      case "start":
        this.#noteReplacement(act);
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
        this.#decide("rolled-back", act.from, `to ${act.to}`);
        break;
      case "redundancy":
        this.#redundant = act.full;
        this.#wasWhole ||= act.full;
        events.emit({ kind: "redundancy", ...common, region: this.#context.plan.region.name, full: act.full });
        if (act.full && this.#growing) {
          this.#decide("scale-out-complete", this.service, `${this.#running?.state().desired} tasks serve`);
        }
        this.#growing &&= !act.full;
        break;
    }
  }

  /** A task that still runs, but fails its health checks, is about to be replaced. */
  #noteReplacement({ zone, task }: ReplacementAct & { kind: "start" }): void {
    const tasks = Object.entries(this.#running?.state().tasks ?? {});
    const unhealthy = tasks.find(([, each]) => each.zone === zone && each.phase === "unhealthy");
    if (unhealthy) this.#decide("replacing", unhealthy[0], `with ${task}: its health checks fail`);
  }

  /** A balancer node all of whose targets fail their checks sends requests to all of them. */
  #lookAtNode(node: string): void {
    const opinions = [...this.#registered].flatMap(([id, receiving]) =>
      receiving ? (this.#tasks.get(id)?.opinions.get(node) ?? []) : [],
    );
    const open = opinions.length > 0 && !opinions.includes(true);
    if (open && !this.#failingOpen.has(node)) this.#decide("failing-open", node, "none of its targets is healthy");
    if (open) this.#failingOpen.add(node);
    else this.#failingOpen.delete(node);
  }

  #decide(what: string, subject: string, detail: string): void {
    const { events, clock } = this.#context;
    events.emit({ kind: "decision", at: clock.now(), component: this.service, what, subject, detail });
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
      if (this.#wasWhole) await this.#startPace.turn();
      if (this.#stopping || !this.#context.reach.zone(act.zone)) throw new Error("the zone cannot be reached any more");
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
    if (act.graceMs > 0 && this.#registered.has(act.task) && task?.alive) await this.#drain(act);
    await task?.child.stop(act.graceMs);
    if (this.#registered.delete(act.task)) this.#announce();
    this.#end(act, { ok: true, since });
  }

  /** As at ECS, a task is asked to end when the balancer is done with it, or the deregistration delay is over. */
  async #drain({ task, graceMs }: ReplacementAct & { kind: "stop" }): Promise<void> {
    const over = new AbortController();
    const delay = this.#context.clock.sleep(graceMs, over.signal).catch(() => undefined);
    await Promise.race([this.#drained(task), delay]);
    over.abort();
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
    onceHeard(this.#context, task.zone, () => this.#tellExit(task, how));
  }

  #tellExit(task: Task, how: string): void {
    if (this.#tasks.get(task.id) !== task) return;
    const phase = this.#running?.state().tasks[task.id]?.phase;
    if (phase !== undefined && phase !== "draining") {
      this.#decide("exited", task.id, how);
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
