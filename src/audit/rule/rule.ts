import type { Answer } from "../../base/answer.ts";
import type { Loss, Severity } from "../../base/audit-document.ts";
import type { Value } from "../evaluate/value.ts";
import type { Model } from "../model/model.ts";
import type { Resource } from "../model/resource.ts";

/** When a rule is asked: always, or only where the objectives say that it matters. */
export type Applies = "base" | "multi-region" | "tier0" | "peak";

/** What would not survive, and how it is told. */
export interface Rule {
  /** `<service>-<what>`, kebab-case; stable for ever, since suppressions and baselines name it. */
  readonly id: string;
  /** What it looks for, in one sentence for the reference: `an RDS instance stands in one zone`. */
  readonly title: string;
  readonly severity: Severity;
  /** What has to be lost, or to come, for it to show: findings are grouped by it. */
  readonly loss: Loss;
  readonly applies: Applies;
  /** Best practice of the Well-Architected reliability pillar. */
  readonly practice: string;
  /** What is lost, when. One or two sentences. */
  readonly why: string;
  /** One imperative sentence with the property to set, by CloudFormation's name for it in backquotes: `MultiAZ`. */
  readonly fix: string;
  /** The page of AWS's that says so. */
  readonly source: string;
  /** All that is wrong, and all that could not be judged; nothing for what is right. */
  check(model: Model, context: Context): Iterable<Defect>;
}

/** What objectives say, where somebody handed them in. */
export interface Context {
  readonly objectives: Objectives;
}

/** What the system must reach; null where nothing is said, and rules that depend on it stay quiet. */
export interface Objectives {
  readonly multiRegion: boolean | null;
  readonly tier0: boolean;
  readonly regionRtoMs: number | null;
  readonly regionRpoMs: number | null;
  readonly zoneRtoMs: number | null;
  /** From 0 to 1. */
  readonly availability: number | null;
  /** Requests a second. */
  readonly peak: number | null;
}

/** One place where a rule does not hold, or where it cannot be judged. */
export interface Defect {
  readonly resource: Resource;
  readonly outcome: "fail" | "unknown";
  /** Names the value; for an unknown what would decide it. Lower case, no full stop, without the resource's name. */
  readonly message: string;
  /** Path of the property that it stands at, from the resource's properties on; of the resource where it is absent. */
  readonly at?: string;
}

/** What each rule of a table has. */
type Told = Omit<Rule, "check" | "applies" | "loss"> & { readonly applies?: Applies; readonly loss?: Loss };

/** A rule about one property of one type: data. */
export interface PropertyRule extends Told {
  readonly type: string | readonly string[];
  /** Path of the property, such as `VpcConfig.SubnetIds`. */
  readonly property: string;
  /** Whether the property is as it must be; it sees an absent one as undefined. */
  readonly holds: (value: Value | undefined, resource: Resource, model: Model) => Answer;
  /** Whether the rule leaves a resource out: yes for what it is not about. Where that is unknown, so is the outcome. */
  readonly unless?: (resource: Resource, model: Model) => Answer;
  /** What is wrong, of the value that is shown: `stands in one zone: MultiAZ is false`. Has a default. */
  readonly message?: (shown: string, resource: Resource) => string;
}

/** A rule that looks at resources one by one, and at more than one property. */
export interface ResourceRule extends Told {
  readonly type: string | readonly string[];
  readonly judge: (resource: Resource, model: Model, context: Context) => Verdict | readonly Verdict[];
}

/** What a rule says of one resource; undefined where nothing is wrong. */
export type Verdict = Omit<Defect, "resource"> | undefined;
