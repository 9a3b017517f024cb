import type { Cancel, Clock } from "../../base/clock.ts";
import { type HealthSpec, type HealthState, health } from "../../control/health.ts";
import type { Probe } from "../engine/member.ts";
import type { ObserverConfig } from "../process/messages-zone.ts";
import { atOnceAndEvery } from "./repeat.ts";

/** What of its configuration an observer needs to look at one member. */
export type Sighting = Pick<
  ObserverConfig,
  "instance" | "component" | "intervalMs" | "timeoutMs" | "healthyThreshold" | "unhealthyThreshold"
>;

export interface ObserverOptions {
  readonly clock: Clock;
  /** The health checks of `sighting.instance` crossed their threshold; the first verdict on a member is told too. */
  onSight(sighting: Sighting, ok: boolean): void;
}

interface Watched {
  readonly sighting: Sighting;
  readonly probe: Probe;
  readonly cancel: Cancel;
  state: HealthState;
}

/**
 * One zone's view of the members of databases and caches, and of other zones: health checks that are repeated over
 * the zone's own links. What it sees is all that a failover is decided on, together with what the observers of the
 * other zones see.
 */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #watched: Watched[] = [];

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /**
   * Looks at a member from now on, at once and then at its interval; never with two probes at a time. Closes `probe`
   * in the end.
   */
  watch(sighting: Sighting, probe: Probe): void {
    const { clock } = this.#options;
    const spec: HealthSpec = sighting;
    const seen = { kind: "targets", targets: [sighting.instance] } as const;
    const { state } = health.step(spec, health.start(spec, clock.now()), clock.now(), [seen]);
    const cancel = atOnceAndEvery(clock, sighting.intervalMs, () => this.#look(watched));
    const watched: Watched = { sighting, probe, state, cancel };
    this.#watched.push(watched);
  }

  /** Stops looking, and closes all probes. */
  close(): void {
    for (const { cancel, probe } of this.#watched.splice(0)) {
      cancel();
      probe.close();
    }
  }

  async #look(watched: Watched): Promise<void> {
    const { sighting, probe } = watched;
    const ok = await probe.check(sighting.timeoutMs);
    if (!this.#watched.includes(watched)) return;
    const seen = { kind: "probe", target: sighting.instance, ok } as const;
    const { state, act } = health.step(sighting, watched.state, this.#options.clock.now(), [seen]);
    watched.state = state;
    for (const { healthy } of act) this.#options.onSight(sighting, healthy);
  }
}
