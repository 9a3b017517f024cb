import type { DrilledExpectation, ProbeEvent, WorldEvent } from "../../base/journal.ts";
import type { Ms } from "../../base/units.ts";
import { lostOtherwise, notBehind, olderThanLag, someLost, unsaved } from "./loss-claims.ts";
import type { Finding } from "./objectives.ts";
import { lateLoadMs } from "./late-load.ts";
import { type Recording, isUnavailable } from "./recording.ts";

type Claim = DrilledExpectation["claims"][number]["claim"];

/** How long a flood may go on being served after it was blocked for the first time. */
const BLOCKED_SHARE = 0.99;

/** What only customers can tell, and a load that was late itself cannot. */
const TOLD_BY_CUSTOMERS: readonly string[] = ["unharmed", "served", "crowd-handled"];

/** Holds what a fault must show, beside the objectives, against the journal. */
export function checkClaims(recording: Recording): readonly Finding[] {
  const isLate = lateLoadMs(recording) !== null;
  return recording.expectation.claims.flatMap(({ claim, proves }): Finding[] => {
    const against = contradiction(claim, recording);
    const verdict = isLate && TOLD_BY_CUSTOMERS.includes(claim.kind) ? "unknown" : "fail";
    return against === null ? [] : [{ verdict, reason: `${proves}: ${against}` }];
  });
}

/**
 * Whether every decision that is claimed, but for those that come with the heal, has been made: a drill that waits for
 * them goes on until then.
 */
export function claimsAwaited(expectation: DrilledExpectation, world: readonly WorldEvent[], faultAt: Ms): boolean {
  return expectation.claims.every(
    ({ claim }) => claim.kind !== "decided" || claim.after === "heal" || lack(claim, world, faultAt) === null,
  );
}

/** What speaks against a claim; null where nothing does. */
function contradiction(claim: Claim, recording: Recording): string | null {
  const { faultAt } = recording;
  if (faultAt === null) return null;
  switch (claim.kind) {
    case "decided":
      return decidedAfter(claim, recording, faultAt);
    case "undecided":
      return decidedDuring(claim, recording, faultAt);
    case "unharmed":
      return harmed(recording, faultAt);
    case "served":
      return refusedLater(claim.atLeast ?? 1, recording, faultAt);
    case "crowd-handled":
      return crowdProblem(recording);
    case "lossless":
      return someLost(recording);
    case "within-lag":
      return olderThanLag(recording);
    case "saved":
      return unsaved(recording);
    case "rewound":
      return lostOtherwise(recording);
    case "behind":
      return notBehind(claim.ms ?? 0, recording);
    default:
      throw new Error(`there is no claim "${claim.kind}"`);
  }
}

function decidedDuring(claim: Claim, { world, secondBlow, healedAt }: Recording, faultAt: Ms): string | null {
  const from = claim.during === "second-blow" && secondBlow !== null ? secondBlow.struckAt : faultAt;
  const isWhole = claim.during === undefined || claim.during === "drill";
  const to = isWhole ? Number.POSITIVE_INFINITY : (healedAt ?? Number.POSITIVE_INFINITY);
  const made = decisions(
    claim,
    world.filter(({ at }) => at < to),
    from,
  );
  return made <= (claim.atMost ?? 0) ? null : `"${claim.what}" was decided ${made === 1 ? "once" : `${made} times`}`;
}

function decidedAfter(claim: Claim, { world, healedAt }: Recording, faultAt: Ms): string | null {
  if (claim.after !== "heal") return lack(claim, world, faultAt);
  return healedAt === null ? "the fault was never undone" : lack(claim, world, healedAt);
}

/** What is missing of a decision since `from`; null where nothing is. */
function lack(claim: Claim, world: readonly WorldEvent[], from: Ms): string | null {
  const [made, wanted] = [decisions(claim, world, from), claim.times ?? 1];
  if (made >= wanted) return null;
  return made === 0 ? `nobody decided "${claim.what}"` : `"${claim.what}" was decided ${made} of ${wanted} times`;
}

function decisions({ what, component }: Claim, world: readonly WorldEvent[], faultAt: Ms): number {
  return world.filter(
    (event) =>
      event.kind === "decision" &&
      event.at >= faultAt &&
      event.what === what &&
      (component === null || component === undefined || event.component === component),
  ).length;
}

function harmed(recording: Recording, faultAt: Ms): string | null {
  const bad = recording.journeys
    .filter((journey) => !isUnavailable(journey, recording))
    .flatMap(({ id, operations }) => {
      const number = operations.filter(({ at, outcome }) => at >= faultAt && outcome !== "ok").length;
      return number === 0 ? [] : [`${number} of ${id}`];
    });
  return bad.length === 0 ? null : `operations did not end well: ${bad.join(", ")}`;
}

/** A definition does not say which journey can do without a component: how each fared under the first blow does. */
function refusedLater(atLeast: number, { journeys, secondBlow, healedAt }: Recording, faultAt: Ms): string | null {
  if (secondBlow === null) return "there was no second blow";
  const until = healedAt ?? Number.POSITIVE_INFINITY;
  const bad = journeys.flatMap(({ id, operations }) => {
    const under = (from: Ms, to: Ms): readonly string[] =>
      operations.filter(({ at }) => at >= from && at < to).map(({ outcome }) => outcome);
    if (under(faultAt, secondBlow.at).some((outcome) => outcome !== "ok")) return [];
    const later = under(secondBlow.at, until);
    const number = later.filter((outcome) => outcome !== "ok").length;
    return number > (1 - atLeast) * later.length ? [`${number} of ${later.length} of ${id}`] : [];
  });
  return bad.length === 0 ? null : `operations did not end well: ${bad.join(", ")}`;
}

function crowdProblem({ probes, journeys, faultAt }: Recording): string | null {
  if (probes.length === 0) return "the crowd made no request";
  const wrong = probes.filter(({ expect, outcome }) => expect !== null && expect !== outcome);
  if (wrong.length > 0) {
    const labels = [...Map.groupBy(wrong, ({ label, outcome }) => `${label} (${outcome})`).keys()];
    return `${wrong.length} of ${probes.length} requests fared otherwise: ${labels.join(", ")}`;
  }
  const customers = journeys.flatMap(({ attempts }) => attempts);
  const turnedAway = customers.filter(({ at, status }) => faultAt !== null && at >= faultAt && status === 403).length;
  if (turnedAway > 0) return `${turnedAway} requests of customers were blocked with it`;
  return floodProblem(probes.filter(({ expect }) => expect === null));
}

function floodProblem(flood: readonly ProbeEvent[]): string | null {
  if (flood.length === 0) return null;
  const first = flood.findIndex(({ outcome }) => outcome === "blocked");
  if (first < 0) return `none of the flood's ${flood.length} requests was blocked`;
  const after = flood.slice(first);
  const blocked = after.filter(({ outcome }) => outcome === "blocked").length;
  return blocked >= BLOCKED_SHARE * after.length
    ? null
    : `of ${after.length} requests after the first that was blocked, only ${blocked} were`;
}
