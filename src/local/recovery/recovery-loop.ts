import { rmSync } from "node:fs";
import { recovery } from "../../control/recovery.ts";
import type {
  RecoveryAct,
  RecoverySeen,
  RecoverySpec,
  RecoveryState,
  StageAct,
} from "../../control/recovery/language.ts";
import { messageOf } from "../../base/error.ts";
import type { RecoveryCommand } from "../../world/recovery.ts";
import type { Context } from "../context.ts";
import { type RealTimeController, runInRealTime } from "../controller-world.ts";
import type { DoStage } from "./stages.ts";

/** The file that the recovery of regions is recorded in, before anything is done. */
const FILE = "control/recovery.json";
/** The folder of all witnesses. */
export const WITNESSES = "witness";
/** The component that its decisions and acts are told of in the journal. */
export const RECOVERY = "recovery";

/** Runs the recovery of regions in real time: what is seen goes in, stages come out. */
export class RecoveryLoop {
  readonly #context: Pick<Context, "clock" | "events" | "state" | "host">;
  readonly #spec: RecoverySpec;
  readonly #do: DoStage;
  #state: RecoveryState;
  #running: RealTimeController<RecoveryState, RecoverySeen> | null = null;

  constructor(context: Pick<Context, "clock" | "events" | "state" | "host">, spec: RecoverySpec, doStage: DoStage) {
    this.#context = context;
    this.#spec = spec;
    this.#do = doStage;
    const now = context.clock.now();
    const recorded = context.state.readJson<RecoveryState>(FILE);
    // What witnesses know of a system that was forgotten would keep the new one from writing.
    if (!recorded) rmSync(context.state.file(WITNESSES), { recursive: true, force: true });
    this.#state = recorded ? recovery.resume(spec, recorded, now) : recovery.start(spec, now);
  }

  /** What is believed now. */
  get state(): RecoveryState {
    return this.#running?.state() ?? this.#state;
  }

  /** Begins to watch, and goes on with the plan that was under way. */
  begin(): void {
    const { clock, state } = this.#context;
    this.#running = runInRealTime({
      controller: recovery,
      spec: this.#spec,
      state: this.#state,
      clock,
      perform: (act) => this.#perform(act),
      record: (next) => state.write(FILE, JSON.stringify(next)),
    });
    this.#running.wake();
  }

  see(...seen: readonly RecoverySeen[]): void {
    this.#running?.see(...seen);
  }

  /** Tells it what a person wants. What came of it is decided in the journal: `refused` with why, or `began`. */
  command(command: RecoveryCommand): void {
    if (command.what === "answer") this.see({ kind: "answer", approved: command.approved });
    else this.see({ kind: "command", what: command.what, to: command.to });
  }

  stop(): void {
    this.#running?.stop();
  }

  #perform(act: RecoveryAct): void {
    if (act.kind === "stage") return void this.#stage(act);
    const { clock, events, host } = this.#context;
    const { what, subject, detail } = act;
    events.emit({ kind: "decision", at: clock.now(), component: RECOVERY, what, subject, detail });
    const level = what === "asked" || what === "lost" ? "warning" : "info";
    host.say({ level, about: subject, text: `${what}: ${detail}` });
  }

  async #stage(act: StageAct): Promise<void> {
    const { clock, events } = this.#context;
    const since = clock.now();
    const { plan } = this.state;
    const end = await this.#do(act, plan?.kind ?? "rejoin").then(
      (ok) => ({ ok, why: ok ? {} : { detail: "not yet" } }),
      (error: unknown) => ({ ok: false, why: { detail: messageOf(error) } }),
    );
    const at = clock.now();
    const what = { component: RECOVERY, act: act.name, subject: act.region, ok: end.ok, tookMs: at - since };
    events.emit({ kind: "act", at, ...what, ...end.why });
    this.see({ kind: "done", id: act.id, ok: end.ok });
  }
}
