import type { Ms } from "../base/units.ts";

/**
 * How fast a run lets AWS's timers go. `fast` divides them by ten; `aws` leaves them as they are and makes engines take
 * the provider's time.
 */
export type PaceName = "fast" | "aws";

/**
 * What a stretch of a recovery is made of. `timer`: an interval or threshold of AWS's, scaled by the pace.
 * `provider`: what AWS takes to promote or to start; here the engine's own speed. `program`: the user's code, measured,
 * never scaled. `person`: somebody is asked, and takes at AWS what people take.
 */
export type StageClass = "timer" | "provider" | "program" | "person";

export interface Pace {
  readonly name: PaceName;
  readonly factor: number;
}

/** The paces by name. */
export const PACES: Readonly<Record<PaceName, Pace>> = {
  fast: { name: "fast", factor: 10 },
  aws: { name: "aws", factor: 1 },
};

/** A timer of AWS's at the pace of this run: the one place where an interval is scaled. */
export function timer(ms: Ms, pace: Pace): Ms {
  return ms / pace.factor;
}

/**
 * A time-out that guards against a hang, at the pace of this run. It is scaled like a timer, but never below `floorMs`:
 * on a busy machine a shorter one would take a slow answer for a failure.
 */
export function timeout(ms: Ms, pace: Pace, floorMs: Ms = 250): Ms {
  return Math.min(ms, Math.max(ms / pace.factor, floorMs));
}

/**
 * The least that an engine of this run takes for what the provider documents: that time at AWS's pace, nothing at the
 * fast one, where engines run at their own speed.
 */
export function providerTime(documentedMs: Ms, pace: Pace): Ms {
  return pace.name === "aws" ? documentedMs : 0;
}

/** What a measured stage comes to at AWS: timers × pace, the documented time of provider or person, or its own. */
export function atAws(stage: { class: StageClass; ms: Ms; documentedMs?: Ms }, pace: Pace): Ms {
  if (stage.class === "timer") return stage.ms * pace.factor;
  if (stage.class === "provider" || stage.class === "person") return Math.max(stage.ms, stage.documentedMs ?? 0);
  return stage.ms;
}
