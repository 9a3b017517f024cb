import type { Ms } from "../../base/units.ts";
import { type HealthState, health } from "../../control/health.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import type { VirtualTime } from "../virtual-time.ts";

/** What a probe finds. `blind`: whoever probes is gone himself. */
export type Answer = "answers" | "refuses" | "hangs" | "blind";

/** Who probes what, how, and who hears of it. */
export interface Watching {
  readonly time: Pick<VirtualTime, "now" | "after">;
  readonly probe: ProbeSpec;
  /** After which part of an interval, from 0 to 1, this observer next probes this target once something changes. */
  readonly phaseOf: (observer: string, target: string) => number;
  readonly find: (observer: string, target: string) => Answer;
  readonly tell: (observer: string, target: string, healthy: boolean) => void;
}

interface Sight {
  state: HealthState;
  isLooking: boolean;
  /** How long after a change its next probe is due: less than an interval. */
  readonly phaseMs: Ms;
}

/** What the one target of each sight is called: objects of the same keys are quick. */
const SEEN = "seen";

/**
 * Health checks that cost nothing while all is as it is believed to be: probes are made from when the truth changes
 * until it is believed. What they make of it is decided by the controller that the zones run.
 */
export class Watch {
  readonly #watching: Watching;
  readonly #sights = new Map<string, Sight>();

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** Forgets what was believed: the target is a new one of that name. */
  renew(observer: string, target: string): void {
    this.#sightOf(observer, target).state = stateOf(null);
  }

  /** The truth may have changed. */
  look(observer: string, target: string): void {
    const sight = this.#sightOf(observer, target);
    if (sight.isLooking || this.#isSettled(sight, observer, target)) return;
    sight.isLooking = true;
    this.#probeIn(sight.phaseMs, { sight, observer, target });
  }

  #sightOf(observer: string, target: string): Sight {
    const key = keyOf(observer, target);
    const known = this.#sights.get(key);
    if (known) return known;
    const { phaseOf, probe } = this.#watching;
    const phaseMs = phaseOf(observer, target) * probe.intervalMs;
    const sight: Sight = { state: stateOf(true), isLooking: false, phaseMs };
    this.#sights.set(key, sight);
    return sight;
  }

  #isSettled({ state }: Sight, observer: string, target: string): boolean {
    const belief = state.targets[SEEN];
    const truth = this.#watching.find(observer, target);
    return truth === "blind" || (belief?.healthy === (truth === "answers") && belief.contrary === 0);
  }

  #probeIn(waitMs: Ms, at: { readonly sight: Sight; readonly observer: string; readonly target: string }): void {
    const { time, probe, find } = this.#watching;
    time.after(waitMs, () => {
      const answer = find(at.observer, at.target);
      if (answer === "blind") {
        at.sight.isLooking = false;
        return;
      }
      const takes = answer === "hangs" ? Math.min(probe.timeoutMs, probe.intervalMs) : 0;
      if (takes === 0) this.#judge(at, answer === "answers", probe.intervalMs);
      else time.after(takes, () => this.#judge(at, false, probe.intervalMs - takes));
    });
  }

  #judge(
    at: { readonly sight: Sight; readonly observer: string; readonly target: string },
    ok: boolean,
    nextMs: Ms,
  ): void {
    const { sight, observer, target } = at;
    const step = health.step(this.#watching.probe, sight.state, this.#watching.time.now(), [
      { kind: "probe", target: SEEN, ok },
    ]);
    sight.state = step.state;
    for (const act of step.act) this.#watching.tell(observer, target, act.healthy);
    if (this.#isSettled(sight, observer, target)) sight.isLooking = false;
    else this.#probeIn(nextMs, at);
  }
}

function stateOf(healthy: boolean | null): HealthState {
  return { targets: { [SEEN]: { healthy, contrary: 0 } } };
}

function keyOf(observer: string, target: string): string {
  return `${observer} ${target}`;
}
