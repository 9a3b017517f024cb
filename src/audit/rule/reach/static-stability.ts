import { hasElement, numberOf } from "../../evaluate/judge.ts";
import type { Value } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import { type Places, zonesIn } from "../../model/place.ts";
import type { Resource } from "../../model/resource.ts";
import { placesGiven } from "../../model/standing/standing.ts";
import { GROUP, scalersOf } from "../compute/group.ts";
import { SCALABLE_TARGET, serviceOf } from "../compute/service.ts";
import type { Context, Defect, Rule, Verdict } from "../rule.ts";
import { fail, needsOf, unknown } from "../table.ts";

/** Where a policy says what it follows, by its type. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  "AWS::ApplicationAutoScaling::ScalingPolicy": "TargetTrackingScalingPolicyConfiguration",
  "AWS::AutoScaling::ScalingPolicy": "TargetTrackingConfiguration",
};

/**
 * A policy by requests says how many a minute a task or an instance is to have.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TargetTrackingConfiguration.html
 */
const REQUESTS = "ALBRequestCountPerTarget";
const SECONDS = 60;

/** What grows with requests, and what it comes down to. */
interface Scaled {
  /** What says how few there may be. */
  readonly resource: Resource;
  readonly at: "MinCapacity" | "MinSize";
  /** How many requests a minute each is to have. */
  readonly each: Value | undefined;
  readonly places: Places | undefined;
  /** Whether a schedule may raise the least before a peak. */
  readonly isScheduled: boolean;
}

/** All that grows with requests. */
const scaledByRequests = derived((model): readonly Scaled[] =>
  model.of(...Object.keys(CONFIGURATIONS)).flatMap((policy) => {
    const configuration = CONFIGURATIONS[policy.type] ?? "";
    const metric = policy.at(`${configuration}.PredefinedMetricSpecification.PredefinedMetricType`);
    if (metric !== REQUESTS) return [];
    const scaled = model.mentionsFrom(policy).find(({ to }) => to.type === SCALABLE_TARGET || to.type === GROUP)?.to;
    return scaled === undefined ? [] : [scaledOf(scaled, policy.at(`${configuration}.TargetValue`), model)];
  }),
);

function scaledOf(resource: Resource, each: Value | undefined, model: Model): Scaled {
  if (resource.type === GROUP) {
    const isScheduled = scalersOf(resource, model).some(({ type }) => type === "AWS::AutoScaling::ScheduledAction");
    return { resource, at: "MinSize", each, places: placesGiven(resource, model), isScheduled };
  }
  const service = serviceOf(resource, model);
  const isScheduled = hasElement(resource.at("ScheduledActions")) !== "no";
  return { resource, at: "MinCapacity", each, places: service && placesGiven(service, model), isScheduled };
}

/** How many are left of so many when a zone is lost: at the most and at the least that the zones allow. */
function leftOf(least: number, places: Places | undefined): readonly [most: number, fewest: number] {
  if (places?.whole !== true) return [Math.max(0, least - 1), Math.floor(least / 2)];
  const left = least - Math.ceil(least / zonesIn(places).length);
  return [left, left];
}

function judge(scaled: Scaled, peak: number, isOnly: boolean): Verdict {
  const { resource, at, places } = scaled;
  if (places?.whole === true && zonesIn(places).length < 2) return undefined; // another rule tells of its one zone
  const [least, each] = [numberOf(resource.at(at)), numberOf(scaled.each)];
  if (least === undefined || each === undefined) {
    const open = least === undefined ? resource.at(at) : scaled.each;
    return unknown(`may not bear ${peak} requests/second with a zone lost; it depends on ${needsOf(open)}`, at);
  }
  const [most, fewest] = leftOf(least, places);
  const borne = (count: number): number => Math.floor((count * each) / SECONDS);
  if (borne(fewest) >= peak) return undefined;
  const message =
    `${at} is ${least}: with a zone lost ${most} are left, which by their own policy bear ${borne(most)} of ` +
    `${peak} requests/second`;
  if (!isOnly) return unknown(`${message}; it depends on how much of the peak comes here`, at);
  if (scaled.isScheduled) return unknown(`${message}; it depends on what its scheduled actions raise it to`, at);
  return borne(most) < peak ? fail(message, at) : unknown(`${message}; it depends on how many zones there are`, at);
}

function* unstable(model: Model, { objectives: { peak } }: Context): Iterable<Defect> {
  const all = scaledByRequests(model);
  for (const scaled of all) {
    const verdict = peak === null ? undefined : judge(scaled, peak, all.length === 1);
    if (verdict !== undefined) yield { ...verdict, resource: scaled.resource };
  }
}

/** What has to scale while a zone is being lost, by its own policy and the peak that it is to bear. */
export const STATIC_STABILITY: Rule = {
  id: "static-stability",
  title: "what is left of the least capacity when a zone is lost does not bear the peak",
  severity: "medium",
  loss: "zone",
  applies: "peak",
  practice: "REL11-BP05",
  why: "It then has to scale while everybody else who lost the zone asks for the same capacity.",
  fix: "raise `MinCapacity` of a service, or `MinSize` of a group, to what bears the peak without one zone",
  source: "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
  check: unstable,
};
