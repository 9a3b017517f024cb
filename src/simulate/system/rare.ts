/**
 * What happens when something strikes while something else is broken: too rare to be met often enough in a thousand
 * years. Failure biasing, a form of importance sampling: each hazard begins as many incidents as the others; while one
 * lasts, hazards strike so much more often that about one more does; and each outcome counts for as much as it is
 * likelier in truth (its likelihood ratio), so the estimate is unbiased. See Heidelberger, "Fast simulation of rare
 * events in queueing and reliability models", ACM TOMACS 5 (1995).
 */
import { type Random, seededRandom } from "../../base/random.ts";
import type { Sampled } from "../../base/simulate-document.ts";
import type { Ms } from "../../base/units.ts";
import { YEAR } from "../../facts/failure.ts";
import { Incident } from "./incident.ts";
import type { Hazard, SystemModel } from "./model.ts";

/** Incidents of a hazard that tell how long its incidents last. */
const PILOTS = 8;
/** An incident that goes on for so long is not made to meet more. */
const MOST_STRIKES = 20;
const Z = 1.959963984540054;

/**
 * The share of the time that customers lack because of outages which begin while something else is broken, from
 * `incidents` begun by each hazard. Where incidents follow each other so closely that a system is hardly ever whole, it
 * is a little too high.
 */
export function coincidences(model: SystemModel, seed: string, incidents: number): Sampled {
  const hazards = model.hazards.filter(({ perYear }) => perYear > 0);
  const perMs = hazards.reduce((sum, each) => sum + rateOf(each), 0);
  let mean = 0;
  let variance = 0;
  let busy = 0;
  for (const first of hazards) {
    const stem = `${seed}/rare/${first.key}`;
    const usualMs = meanOf(PILOTS, (run) => play(model, { first, stem: `${stem}/pilot-${run}`, next: null }).lengthMs);
    const boost = Math.max(1, 1 / (perMs * Math.max(1, usualMs)));
    const biased: Bias = { hazards, perMs, boost };
    const costs = Array.from({ length: incidents }, (_, run) => {
      const { weight, laterMs } = play(model, { first, stem: `${stem}/${run}`, next: biased });
      return weight * laterMs;
    });
    const cost = meanOf(incidents, (run) => costs[run] ?? 0);
    const spread = meanOf(incidents, (run) => ((costs[run] ?? 0) - cost) ** 2) / Math.max(1, incidents - 1);
    mean += rateOf(first) * cost;
    variance += rateOf(first) ** 2 * spread;
    busy += rateOf(first) * usualMs;
  }
  const whole = 1 + busy; // an incident begins only while there is none
  const half = (Z * Math.sqrt(variance)) / whole;
  return { mean: mean / whole, low95: Math.max(0, mean / whole - half), high95: mean / whole + half };
}

interface Bias {
  readonly hazards: readonly Hazard[];
  /** How often any of them strikes. */
  readonly perMs: number;
  /** How many times as often they do here. */
  readonly boost: number;
}

interface Play {
  readonly first: Hazard;
  readonly stem: string;
  /** What may strike meanwhile; null: nothing does. */
  readonly next: Bias | null;
}

/** One incident: how much likelier it is in truth than here, and what customers lack by all but the first strike. */
function play(
  model: SystemModel,
  { first, stem, next }: Play,
): { readonly weight: number; readonly laterMs: Ms; readonly lengthMs: Ms } {
  const random = seededRandom(stem);
  const incident = new Incident(model, random.next() * YEAR.value);
  let struck = 0;
  const strike = (hazard: Hazard): void => {
    const own = `${stem}/${struck}`;
    incident.strike(hazard, (name) => seededRandom(`${own}/${name}`));
    struck += 1;
  };
  strike(first);
  let exponent = 0;
  let last = 0;
  let boost = next?.boost ?? 0;
  let due = next === null ? Infinity : random.exponential(1 / (boost * next.perMs));
  for (let at = incident.nextMs(); at !== null; at = incident.nextMs()) {
    const until = Math.min(at, due);
    incident.runUntil(until);
    if (next !== null) exponent += (boost - 1) * next.perMs * (until - last);
    last = until;
    if (until < due || next === null) continue;
    exponent -= Math.log(boost);
    strike(pick(next, random));
    if (struck >= MOST_STRIKES) boost = 1;
    due = until + random.exponential(1 / (boost * next.perMs));
  }
  const [, ...later] = incident.report().strikes;
  const laterMs = later.reduce((sum, { unservedMs }) => sum + unservedMs, 0);
  return { weight: Math.exp(exponent), laterMs, lengthMs: incident.elapsedMs };
}

/** A hazard, each as likely as it is often. */
function pick({ hazards, perMs }: Bias, random: Random): Hazard {
  let rest = random.next() * perMs;
  for (const hazard of hazards) {
    rest -= rateOf(hazard);
    if (rest < 0) return hazard;
  }
  return hazards.at(-1)!; // there is one: the incident began with it
}

function rateOf({ perYear }: Hazard): number {
  return perYear / YEAR.value;
}

function meanOf(count: number, of: (run: number) => number): number {
  let sum = 0;
  for (let run = 0; run < count; run += 1) sum += of(run);
  return sum / count;
}
