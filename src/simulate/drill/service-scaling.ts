import type { Cancel } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import {
  SCALING_PERIOD_MS,
  type ScalingSeen,
  type ScalingSpec,
  type ScalingState,
  scaling,
  scalingSpec,
} from "../../control/scaling.ts";
import { METRICS_EVERY_MS, ServiceLoad } from "../../control/service-load.ts";
import { MACHINE } from "../../facts/machine.ts";
import { timer } from "../../topology/timing.ts";
import { componentsOf, weightOf } from "../../topology/topology.ts";
import { type Supervisor, superviseInVirtualTime } from "../supervisor.ts";
import { type Spread, drawTime } from "../system/spread.ts";
import type { VirtualTime } from "../virtual-time.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { needsOf } from "./journey-needs.ts";

/** A service whose tasks follow what customers ask for. */
export interface ServiceScalingPlan {
  readonly service: string;
  readonly spec: ScalingSpec;
  /** Whether it follows what customers ask for a minute, and not what is under way. */
  readonly countsRequests: boolean;
  /** Requests that reach it in a second while all is as ever. */
  readonly requestsPerSecond: number;
  /** How long one is under way. */
  readonly requestMs: Spread;
  /** How often its balancer nodes report, and how often target tracking looks at that. */
  readonly reportMs: Ms;
  readonly periodMs: Ms;
}

/** The services of a drilled region whose tasks follow what its customers ask for. */
export function scalingPlans({
  topology,
  pace,
  customers,
}: Pick<DrillToPredict, "topology" | "pace" | "customers">): readonly ServiceScalingPlan[] {
  const total = weightOf(topology.journeys);
  return componentsOf(topology, "service").flatMap(({ id, settings: { scale } }) => {
    const { on } = scale;
    if (on === null || on.metric === "queueDepth") return [];
    const asking = topology.journeys.filter((journey) => needsOf(topology, journey, "read").service === id);
    const share = weightOf(asking) / total;
    return {
      service: id,
      spec: scalingSpec({ ...scale, target: on.target, timer: (ms) => timer(ms, pace) }),
      countsRequests: on.metric === "requestsPerMinute",
      requestsPerSecond: customers.rate * share,
      requestMs: MACHINE.request.value,
      reportMs: timer(METRICS_EVERY_MS, pace),
      periodMs: timer(SCALING_PERIOD_MS, pace),
    };
  });
}

/** What scaling finds around it. */
export interface ScalingSurroundings {
  readonly time: VirtualTime;
  readonly random: Random;
  /** How many times as many customers as ever come now. */
  crowd(): number;
  scaleTo(count: number): void;
}

const MINUTE_MS: Ms = 60_000;

/** See {@link ServiceScalingPlan}: target tracking in virtual time, of a load that it reports as balancer nodes do. */
export class ServiceScaling {
  readonly #plan: ServiceScalingPlan;
  readonly #around: ScalingSurroundings;
  readonly #load = new ServiceLoad();
  readonly #supervisor: Supervisor<ScalingState, ScalingSeen>;
  #cancels: readonly Cancel[] = [];

  constructor(plan: ServiceScalingPlan, around: ScalingSurroundings) {
    this.#plan = plan;
    this.#around = around;
    const { time, scaleTo } = around;
    this.#supervisor = superviseInVirtualTime(scaling, plan.spec, time, ({ count }) => scaleTo(count));
    this.#supervisor.start(scaling.start(plan.spec, time.now()));
  }

  /** From now on the load of this moment is `share` of what the minimum of tasks carries, and is followed. */
  sizeToLoad(share: number): void {
    const { random } = this.#around;
    const { spec, reportMs, periodMs } = this.#plan;
    const nextMeasureMs = random.next() * periodMs;
    const sinceMeasured = Math.round((periodMs - nextMeasureMs) / reportMs);
    for (let left = Math.round(periodMs / reportMs); left > 0; left -= 1) {
      if (left === sinceMeasured) this.#load.take();
      this.#report();
    }
    this.#supervisor.see({ kind: "target", target: this.#load.now() / (spec.min * share) });
    this.#cancels = [
      this.#every(reportMs, random.next() * reportMs, () => this.#report()),
      this.#every(periodMs, nextMeasureMs, () => this.#measure()),
    ];
  }

  /** The definition's own target counts again, which a load of this machine is far below. */
  restoreTarget(): void {
    for (const cancel of this.#cancels) cancel();
  }

  #measure(): void {
    const value = this.#load.take();
    if (value !== null) this.#supervisor.see({ kind: "metric", value });
  }

  /** All nodes report as one, since what counts is the sum of their means. */
  #report(): void {
    const { countsRequests, requestsPerSecond, requestMs, reportMs } = this.#plan;
    const { random, crowd } = this.#around;
    const meanGapMs = 1_000 / (requestsPerSecond * crowd());
    let [requests, busyMs] = [0, 0];
    for (let at = random.exponential(meanGapMs); at < reportMs; at += random.exponential(meanGapMs)) {
      requests += 1;
      busyMs += drawTime(requestMs, random);
    }
    this.#load.see("all", countsRequests ? (requests * MINUTE_MS) / reportMs : busyMs / reportMs);
  }

  #every(ms: Ms, firstMs: Ms, run: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const next = (waitMs: Ms): void => {
      cancel = this.#around.time.after(waitMs, () => {
        run();
        next(ms);
      });
    };
    next(firstMs);
    return () => cancel();
  }
}
