import type { Ms } from "../base/units.ts";

/** What a step leads to. `wakeAt` null: nothing to do until something is seen. */
export interface Step<State, Act> {
  readonly state: State;
  readonly act: readonly Act[];
  readonly wakeAt: Ms | null;
}

/**
 * A decision maker without I/O, clock or chance. State and acts are JSON. Event-driven: quiet time costs nothing.
 * The same controller is run by the local world in real time and by the simulator in virtual time.
 */
export interface Controller<Spec, State, Seen, Act> {
  start(spec: Spec, now: Ms): State;
  step(spec: Spec, state: State, now: Ms, seen: readonly Seen[]): Step<State, Act>;
}

/**
 * What a world gives a controller. `perform` never blocks or throws: its end comes back as something seen
 * (`{ kind: "done", act: id, ok }`). `record` comes before `perform`, so that a supervisor that was killed resumes
 * from the journal.
 */
export interface World<Act> {
  now(): Ms;
  wakeAt(at: Ms | null): void;
  perform(act: Act): void;
  record(state: unknown, act: readonly Act[]): void;
}
