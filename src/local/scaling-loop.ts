import { type Cancel, every } from "../base/clock.ts";
import { type ScalingSeen, type ScalingState, scaling } from "../control/scaling.ts";
import { timer } from "../topology/timing.ts";
import type { ServiceComponent } from "../topology/topology.ts";
import type { QueueDepth } from "../world/world.ts";
import type { Context } from "./context.ts";
import { type RealTimeController, runInRealTime } from "./controller-world.ts";
import type { ServiceMetrics } from "./process/messages-zone.ts";
import type { TaskSet } from "./task-set.ts";

/** CloudWatch's period for target tracking, at AWS's scale. */
const PERIOD_MS = 60_000;
const IN_DATAPOINTS = 15;
const IN_BELOW = 0.9;

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
  readonly #concurrent = new Map<string, Map<string, number>>();
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
    this.#cancel = every(clock, timer(PERIOD_MS, pace), () => this.#measure());
  }

  /** Requests under way at one zone's balancer nodes. */
  seeMetrics(zone: string, services: Readonly<Record<string, ServiceMetrics>>): void {
    for (const [service, { concurrent }] of Object.entries(services)) {
      const zones = this.#concurrent.get(service) ?? new Map<string, number>();
      this.#concurrent.set(service, zones.set(zone, concurrent));
    }
  }

  seeZone(zone: string, available: boolean): void {
    if (!available) for (const zones of this.#concurrent.values()) zones.delete(zone);
    for (const { running } of this.#scaled) running.see({ kind: "zone", zone, available });
  }

  stop(): void {
    this.#cancel();
    for (const { running } of this.#scaled) running.stop();
  }

  #run(component: ServiceComponent, tasks: TaskSet): RealTimeController<ScalingState, ScalingSeen> {
    const { clock, pace, events } = this.#context;
    const { min, max, on, outCooldownMs, inCooldownMs } = component.settings.scale;
    const spec = {
      min,
      max,
      initial: min,
      target: on?.target ?? 1,
      outCooldownMs: timer(outCooldownMs, pace),
      inCooldownMs: timer(inCooldownMs, pace),
      inDatapoints: IN_DATAPOINTS,
      inBelow: IN_BELOW,
    };
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
        tasks.see({ kind: "desired", count });
      },
    });
  }

  async #measure(): Promise<void> {
    const depths = await this.#depths().catch(() => []);
    for (const { component, running } of this.#scaled) {
      const { scale, consumes } = component.settings;
      const waiting = depths.find(({ queue }) => queue === consumes)?.pending;
      const under = [...(this.#concurrent.get(component.id)?.values() ?? [])].reduce((sum, each) => sum + each, 0);
      const value = scale.on?.metric === "queueDepth" ? waiting : under;
      if (value !== undefined) running.see({ kind: "metric", value });
    }
  }
}
