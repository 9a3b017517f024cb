import type { Ms } from "../base/units.ts";
import type { Definition } from "../definition/validate.ts";
import { FAILURE, type FailureKind, type FailureRate, type Range } from "../facts/failure.ts";
import { assumed } from "../facts/fact.ts";
import { LOAD } from "../facts/load.ts";
import { PROGRAM } from "../facts/machine.ts";

/** What estimates, simulations and predictions rest on, where a definition says it. */
export interface Assumptions {
  /** Null, or left out: as the facts have it. */
  readonly failures: Readonly<Partial<Record<FailureKind, AssumedRate | null>>>;
  readonly load: AssumedLoad;
  /** Left out: as the facts have it. */
  readonly calls?: AssumedCalls;
}

/** One kind of failure; null: as the facts have it. */
export interface AssumedRate {
  readonly betweenMs: Range | null;
  readonly repairMs: Range | null;
}

/** How customers use the system. */
export interface AssumedLoad {
  readonly requestMs: Ms;
  readonly patienceMs: Ms;
  /** How many times the usual work an operation is for a database while the cache before it is empty. */
  readonly coldFactor: number;
  /** How long an empty cache takes to fill. */
  readonly warmMs: Ms;
}

/** How programs call what they need. */
export interface AssumedCalls {
  readonly timeoutMs: Ms;
  readonly attempts: number;
  /** After so many requests that failed one after the other no call is made for so long; 0: calls are always made. */
  readonly breakAfter: number;
  readonly breakForMs: Ms;
}

type Told = Definition["assumptions"];

/** What a definition says of them, or a file about templates, of whose programs no call is made. */
export function assumptionsOf({
  assumptions: { failures, load, calls },
}: {
  readonly assumptions: Omit<Told, "calls"> & Partial<Pick<Told, "calls">>;
}): Assumptions {
  const told = Object.entries(failures).flatMap(([kind, failure]) =>
    failure === null ? [] : [[kind, { betweenMs: failure.between, repairMs: failure.lasts }] as const],
  );
  const rest = calls === undefined ? {} : { calls: assumedCalls(calls) };
  return { failures: Object.fromEntries(told), load: assumedLoad(load), ...rest };
}

function assumedCalls({ timeout, attempts, breakAfter, breakFor }: Told["calls"]): AssumedCalls {
  return { timeoutMs: timeout, attempts, breakAfter, breakForMs: breakFor };
}

function assumedLoad({ request, patience, coldFactor, warmUp }: Definition["assumptions"]["load"]): AssumedLoad {
  return { requestMs: request, patienceMs: patience, coldFactor, warmMs: warmUp };
}

const SOURCE = "holdfast.config.ts";

/** How often things fail: the facts, and what the definition says otherwise. */
export function failureRates({
  assumptions,
}: {
  readonly assumptions?: Assumptions;
}): Readonly<Record<FailureKind, FailureRate>> {
  const entries = Object.entries(FAILURE).map(([kind, fact]): readonly [string, FailureRate] => {
    const told = assumptions?.failures[kind as FailureKind]; // the keys of the facts
    const { betweenMs, repairMs } = told ?? { betweenMs: null, repairMs: null };
    return [
      kind,
      {
        betweenMs: betweenMs === null ? fact.betweenMs : assumed(betweenMs, "ms", SOURCE, "the definition"),
        repairMs: repairMs === null ? fact.repairMs : assumed(repairMs, "ms", SOURCE, "the definition"),
      },
    ];
  });
  return Object.fromEntries(entries) as Record<FailureKind, FailureRate>; // the same keys
}

/** How customers use the system: the facts, or what the definition says. */
export function loadOf({ assumptions }: { readonly assumptions?: Assumptions }): AssumedLoad {
  if (assumptions) return assumptions.load;
  const { requestMs, patienceMs, coldFactor, warmMs } = LOAD;
  return {
    requestMs: requestMs.value,
    patienceMs: patienceMs.value,
    coldFactor: coldFactor.value,
    warmMs: warmMs.value,
  };
}

/** How programs call what they need: the facts, or what the definition says. */
export function callsOf({ assumptions }: { readonly assumptions?: Assumptions }): AssumedCalls {
  const { callMs, calls, breaker } = PROGRAM;
  const shops = { timeoutMs: callMs, attempts: calls, breakAfter: breaker.failures, breakForMs: breaker.openMs };
  return assumptions?.calls ?? shops;
}
