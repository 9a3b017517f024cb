import type { WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import type { StageClass } from "../../topology/timing.ts";
import type { Recording } from "./recording.ts";
import type { Stage } from "./stage.ts";

/** The name under which the recovery of regions decides and acts, and which its stages have. */
export const RECOVERY = "recovery";

/** What the stages of a plan are made of, where they are not the provider's. */
const CLASSES: Readonly<Record<string, StageClass>> = {
  fence: "timer", // the lease runs out
  quiesce: "timer",
  shift: "timer", // names are forgotten
  verify: "program",
};

type Own = Extract<WorldEvent, { kind: "decision" | "act" }>;

/** What the provider documents for a stage of a region's recovery has this name among what is documented. */
export function documentedStage(stage: string): string {
  return `${RECOVERY} ${stage}`;
}

/**
 * What the recovery of a region went through after the fault: noticed, decided, and the stages of its first plan one
 * after the other, each until it had succeeded. Empty where no other region took over.
 */
export function regionStages(recording: Recording): readonly Stage[] {
  const { faultAt, failbackAt, world, drill } = recording;
  if (faultAt === null) return [];
  const own = world.filter(
    (event): event is Own =>
      (event.kind === "decision" || event.kind === "act") &&
      event.component === RECOVERY &&
      event.at >= faultAt &&
      event.at < (failbackAt ?? Infinity),
  );
  const began = own.find((event) => isDecision(event, "began") && !isRejoin(event));
  if (began === undefined) return [];
  const ended = own.find((event) => isDecision(event, "finished") && event.at >= began.at)?.at ?? Infinity;
  const before = own.filter(({ at }) => at <= began.at);
  const stages = noticed(recording, before, began.at);
  let from = began.at;
  for (const event of own) {
    if (event.kind !== "act" || !event.ok || event.at < began.at || event.at > ended) continue;
    const { act: name, at: to } = event;
    const documentedMs = drill.documentedMs[documentedStage(name)] ?? null;
    stages.push({ name, component: RECOVERY, class: CLASSES[name] ?? "provider", from, to, documentedMs });
    from = to;
  }
  return withTraffic(stages, recording);
}

/**
 * Customers are led to the region that takes over some time after that was asked for, and their resolvers give out the
 * former addresses until the TTL has passed; meanwhile the plan goes on.
 */
function withTraffic(stages: readonly Stage[], { world, drill, pace, failbackAt }: Recording): readonly Stage[] {
  const asked = stages.find(({ name }) => name === "shift");
  const shifted = world.find(
    (event) =>
      event.kind === "decision" &&
      event.what === "traffic-shifted" &&
      event.at >= (asked?.from ?? Infinity) &&
      event.at < (failbackAt ?? Infinity),
  );
  if (!asked || !shifted) return stages;
  const known = drill.documentedMs[documentedStage("forget")] ?? 0;
  const forgotten = { ...asked, name: "forget", from: shifted.at, to: shifted.at + known / pace.factor };
  const led = { ...asked, to: Math.max(asked.to, shifted.at) };
  return [...stages.map((stage) => (stage === asked ? led : stage)), ...(known > 0 ? [forgotten] : [])];
}

/** Until the region was missed, and from then until somebody had decided; none of both where a person began it. */
function noticed({ drill, faultAt }: Recording, before: readonly Own[], beganAt: Ms): Stage[] {
  const lostAt = before.findLast((event) => isDecision(event, "lost"))?.at;
  if (lostAt === undefined) return [];
  const from = faultAt ?? lostAt;
  const asked = before.some((event) => isDecision(event, "asked"));
  return [
    { name: "detect", component: RECOVERY, class: "timer", from, to: lostAt, documentedMs: null },
    {
      name: "decide",
      component: RECOVERY,
      class: asked ? "person" : "timer",
      from: lostAt,
      to: beganAt,
      documentedMs: asked ? (drill.documentedMs[documentedStage("decide")] ?? null) : null,
    },
  ];
}

function isDecision(event: Own, what: string): boolean {
  return event.kind === "decision" && event.what === what;
}

/** A plan says what it is at its beginning. */
function isRejoin(event: Own): boolean {
  return event.detail?.startsWith("rejoin") ?? false;
}
