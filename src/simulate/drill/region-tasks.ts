import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { type HealthState, health } from "../../control/health.ts";
import { replacement } from "../../control/replacement.ts";
import type { ReplacementAct, ReplacementSeen, ReplacementState } from "../../control/replacement/language.ts";
import { replacementSpec } from "../../control/replacement/spec.ts";
import { nextStart } from "../../control/start-pace.ts";
import { REGION_ENGINE } from "../../facts/engine.ts";
import { MACHINE } from "../../facts/machine.ts";
import { ECS } from "../../facts/timing.ts";
import { type Pace, providerTime, timer } from "../../topology/timing.ts";
import { healthSpec, taskTerms } from "../../topology/spec.ts";
import type { Region, ServiceComponent } from "../../topology/topology.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import { drawTime } from "../system/spread.ts";
import type { VirtualTime } from "../virtual-time.ts";
import type { Processors } from "./processors.ts";

/** A program that was asked to come up has as long as it needs: what does not come up is no drill of regions. */
const PATIENCE_MS: Ms = 600_000;
/** What a task that is asked to end takes for the work that it has. */
const DRAINS_IN_MS: Ms = 100;

/** Spreads the starts of a region's programs over time. */
export class Starts {
  paidAt: Ms = 0;
}

/** What the tasks of a service in a region are made with. */
export interface TasksSetup {
  readonly time: VirtualTime;
  readonly pace: Pace;
  readonly component: ServiceComponent;
  readonly region: Region;
  /** How many there are in the beginning. */
  readonly count: number;
  readonly processors: Processors;
  readonly starts: Starts;
  readonly random: Random;
  onChange(): void;
}

interface Task {
  isUp: boolean;
  sights: HealthState;
}

/** The tasks of one service in one region, kept by the controller that does it on this machine, too. */
export class RegionTasks {
  readonly #setup: TasksSetup;
  readonly #tasks = new Map<string, Task>();
  readonly #supervisor: Supervisor<ReplacementState, ReplacementSeen>;
  #isWhole = false;
  #wasWhole = false;

  constructor(setup: TasksSetup) {
    const { time, pace, component, region, count } = setup;
    this.#setup = setup;
    const spec = replacementSpec({
      ...taskTerms(component),
      zones: region.zones.map(({ name }) => name),
      count,
      startTimeoutMs: PATIENCE_MS,
      healthGraceMs: PATIENCE_MS,
      timer: (ms) => timer(ms, pace),
    });
    this.#supervisor = superviseInVirtualTime(replacement, spec, time, (act) => this.#perform(act));
    this.#supervisor.start(replacement.start(spec, time.now()));
    this.#supervisor.see({ kind: "desired", count });
  }

  get service(): string {
    return this.#setup.component.id;
  }

  /** Whether customers come to it by a balancer. */
  get isBalanced(): boolean {
    return this.#setup.component.settings.protocol !== null;
  }

  /** As many serve as are wanted. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether any is up: a balancer none of whose targets is healthy sends requests to all of them. */
  get serves(): boolean {
    return [...this.#tasks.values()].some(({ isUp }) => isUp);
  }

  scaleTo(count: number): void {
    this.#supervisor.see({ kind: "desired", count });
  }

  /** All of them are gone at once, and nobody may start others. */
  end(): void {
    this.#supervisor.kill(0);
    this.#tasks.clear();
    this.#isWhole = false;
    this.#setup.onChange();
  }

  #perform(act: ReplacementAct): void {
    if (act.kind === "start") return this.#start(act);
    if (act.kind === "stop") return this.#stop(act);
    if (act.kind !== "redundancy") return;
    this.#isWhole = act.full;
    this.#wasWhole ||= act.full;
  }

  #start({ id, task: name }: ReplacementAct & { kind: "start" }): void {
    const { time, pace, starts } = this.#setup;
    if (!this.#wasWhole) return this.#begin(id, name);
    const { paidAt, waitMs } = nextStart(starts.paidAt, time.now());
    starts.paidAt = paidAt;
    time.after(waitMs + providerTime(ECS.taskStart.value, pace), () => this.#begin(id, name));
  }

  #begin(id: number, name: string): void {
    const { time, processors, random, component, onChange } = this.#setup;
    const task: Task = { isUp: false, sights: { targets: { [name]: { healthy: null, contrary: 0 } } } };
    this.#tasks.set(name, task);
    processors.work(REGION_ENGINE.program.value, random, () => {
      task.isUp = this.#tasks.get(name) === task;
      onChange();
      processors.work(REGION_ENGINE.warmUp.value, random, () => undefined);
    });
    time.after(drawTime(MACHINE.exec.value, random), () => {
      this.#supervisor.see({ kind: "done", id, ok: true });
      if (component.settings.health !== null) this.#probe(name, task);
    });
  }

  /** The balancer asks at once and at its interval, until it is satisfied. */
  #probe(name: string, task: Task): void {
    const { time, pace, component } = this.#setup;
    const spec = healthSpec(component, pace);
    if (spec === null || this.#tasks.get(name) !== task) return;
    const { state, act } = health.step(spec, task.sights, time.now(), [{ kind: "probe", target: name, ok: task.isUp }]);
    task.sights = state;
    for (const { healthy } of act) this.#supervisor.see({ kind: "health", task: name, healthy });
    if (state.targets[name]?.healthy !== true) time.after(spec.intervalMs, () => this.#probe(name, task));
  }

  #stop({ id, task }: ReplacementAct & { kind: "stop" }): void {
    this.#setup.time.after(DRAINS_IN_MS, () => {
      this.#tasks.delete(task);
      this.#supervisor.see({ kind: "done", id, ok: true }, { kind: "exited", task });
      this.#setup.onChange();
    });
  }
}
