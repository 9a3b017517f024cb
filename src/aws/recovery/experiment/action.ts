import type { Statement } from "../../role.ts";

/**
 * An action of an experiment, as FIS names it.
 *
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
 */
export interface Action {
  readonly actionId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** FIS's word for what the action acts on, and the target's name in the experiment. */
  readonly on?: readonly [role: string, target: string];
  readonly after?: string;
}

/** What an action acts on. https://docs.aws.amazon.com/fis/latest/userguide/targets.html */
export interface Target {
  readonly resourceType: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly arns?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  /** `ALL`, `COUNT(1)`, `PERCENT(50)`. @default "ALL" */
  readonly select?: string;
}

/** A drill as AWS carries it out. */
export interface Experiment {
  /** The fault of the catalogue that it stands for; and after it, where there are several, what it is aimed at. */
  readonly fault: string;
  readonly aim: string | null;
  readonly says: string;
  readonly actions: Readonly<Record<string, Action>>;
  readonly targets: Readonly<Record<string, Target>>;
}

/** How long a fault lasts: longer than every time-out, health check and failover of the system. */
export const LASTS = "PT10M";

/** The tag that all resources of a system have, by its stack. */
export const SYSTEM_TAG = "holdfast:system";

/** Whatever else an experiment does, it asks which resources have the tags that it was told. */
export const FIND_TARGETS: Statement = { sid: "FindTargets", actions: ["tag:GetResources"], resources: ["*"] };
