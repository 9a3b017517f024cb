import { type Cancel, every } from "../base/clock.ts";
import { SCALING_PERIOD_MS, type ScalingSeen, type ScalingState, scaling, scalingSpec } from "../control/scaling.ts";
import { METRICS_EVERY_MS, ServiceLoad } from "../control/service-load.ts";
import { timer } from "../topology/timing.ts";
import type { ServiceComponent } from "../topology/topology.ts";
import type { QueueDepth } from "../world/world.ts";
import { UserError } from "../base/error.ts";
import type { RunCode } from "./codes.ts";
import type { Context } from "./context.ts";
import { type RealTimeController, runInRealTime } from "./controller-world.ts";
import type { ServiceMetrics } from "./process/messages-zone.ts";
import type { TaskSet } from "./task-set.ts";

const MINUTE_MS = 60_000;

interface Scaled {
  readonly component: ServiceComponent;
  readonly running: RealTimeController<ScalingState, ScalingSeen>;
}

/**
 * Target tracking of every service that asks for it: measures once a period and tells the services how many tasks to
 * run.
 */
export class ScalingLoop {
  readonly #context: Context;
  readonly #depths: () => Promise<readonly QueueDepth[]>;
  readonly #loads = new Map<string, ServiceLoad>();
  readonly #scaled: readonly Scaled[];
  #cancel: Cancel = () => undefined;

  constructor(
    context: Context,
    services: readonly { component: ServiceComponent; tasks: TaskSet }[],
    depths: () => Promise<readonly QueueDepth[]>,
  ) {
    this.#context = context;
    this.#depths = depths;
    this.#scaled = services.flatMap(({ component, tasks }) =>
      component.settings.scale.on === null ? [] : [{ component, running: this.#run(component, tasks) }],
    );
  }

  begin(): void {
    const { clock, pace } = this.#context;
    this.#cancel();
    this.#cancel = every(clock, timer(SCALING_PERIOD_MS, pace), () => this.#measure());
  }

  /** What one zone's balancer nodes saw. */
  seeMetrics(zone: string, services: Readonly<Record<string, ServiceMetrics>>): void {
    for (const { component } of this.#scaled) {
      const seen = services[component.id];
      if (seen === undefined) continue;
      const isRate = component.settings.scale.on?.metric === "requestsPerMinute";
      this.#load(component.id).see(zone, isRate ? this.#perMinute(seen.requests) : seen.concurrent);
    }
  }

  /** Of the requests since the last report; customers are no faster at another pace. */
  #perMinute(requests: number): number {
    return (requests * MINUTE_MS) / timer(METRICS_EVERY_MS, this.#context.pace);
  }

  /**
   * From now on the load of this moment is `share` of what the service's minimum of tasks carries. Throws RUN-008 where
   * there is no load, nothing that follows it, or still more tasks than the minimum.
   */
  sizeToLoad(service: string, share: number): void {
    const { component, running } = this.#find(service);
    const { min } = component.settings.scale;
    const { desired } = running.state();
    if (desired > min) {
      throw new UserError({
        code: "RUN-008" satisfies RunCode,
        message: `"${service}" still runs ${desired} tasks, more than its minimum of ${min}`,
        fix: "wait until target tracking has scaled it in: about two minutes at the fast pace",
      });
    }
    const load = this.#load(service).now();
    if (load === 0) {
      throw new UserError({
        code: "RUN-008" satisfies RunCode,
        message: `"${service}" has no load now that its size could be measured by`,
        fix: "send it requests first, as a drill does",
      });
    }
    running.see({ kind: "target", target: load / (min * share) });
  }

  /** The definition's own target counts again. */
  restoreTarget(service: string): void {
    const { component, running } = this.#find(service);
    running.see({ kind: "target", target: component.settings.scale.on?.target ?? 1 });
  }

  seeZone(zone: string, available: boolean): void {
    if (!available) for (const load of this.#loads.values()) load.forget(zone);
    for (const { running } of this.#scaled) running.see({ kind: "zone", zone, available });
  }

  /** Follows no load until it begins again. */
  pause(): void {
    this.#cancel();
    this.#cancel = () => undefined;
  }

  stop(): void {
    this.#cancel();
    for (const { running } of this.#scaled) running.stop();
  }

  #run(component: ServiceComponent, tasks: TaskSet): RealTimeController<ScalingState, ScalingSeen> {
    const { clock, pace, events } = this.#context;
    const { min, max, on, outCooldownMs, inCooldownMs } = component.settings.scale;
    const spec = scalingSpec({
      min,
      max,
      target: on?.target ?? 1,
      outCooldownMs,
      inCooldownMs,
      timer: (ms) => timer(ms, pace),
    });
    let desired = min;
    return runInRealTime({
      controller: scaling,
      spec,
      state: scaling.start(spec, clock.now()),
      clock,
      perform: ({ count }) => {
        if (count === desired) return;
        const what = count > desired ? "scaled-out" : "scaled-in";
        const detail = `${desired} → ${count}`;
        events.emit({
          kind: "decision",
          at: clock.now(),
          component: component.id,
          what,
          subject: component.id,
          detail,
        });
        desired = count;
        tasks.scaleTo(count);
      },
    });
  }

  #load(service: string): ServiceLoad {
    const load = this.#loads.get(service) ?? new ServiceLoad();
    this.#loads.set(service, load);
    return load;
  }

  #find(service: string): Scaled {
    const found = this.#scaled.find(({ component }) => component.id === service);
    if (found) return found;
    throw new UserError({
      code: "RUN-008" satisfies RunCode,
      message: `"${service}" is no service that is scaled`,
      fix: "name one that has `scale.on`",
    });
  }

  async #measure(): Promise<void> {
    const depths = await this.#depths().catch(() => []);
    for (const { component, running } of this.#scaled) {
      const { scale, consumes } = component.settings;
      const waiting = depths.find(({ queue }) => queue === consumes)?.pending ?? null;
      const value = scale.on?.metric === "queueDepth" ? waiting : this.#load(component.id).take();
      if (value !== null) running.see({ kind: "metric", value });
    }
  }
}
