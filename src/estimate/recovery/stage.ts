import type { EstimateStage } from "../../base/estimate-document.ts";
import type { Ms } from "../../base/units.ts";
import type { Fact } from "../../facts/fact.ts";
import type { Range } from "../../facts/failure.ts";
import { ALB, ROUTE_53 } from "../../facts/timing.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import { type Interval, sum } from "../exact/interval.ts";

/** The stages of one component's recovery, one after the other. */
export type Chain = readonly EstimateStage[];

/** How long a chain takes. */
export function timeOf(chain: Chain): Interval {
  return sum(chain.map(({ rangeMs: [low, high] }) => ({ low, high })));
}

/** The chain that takes longest at worst; none where nothing has to recover. */
export function slowest(chains: readonly Chain[]): Chain {
  return chains.reduce<Chain>((worst, chain) => (timeOf(chain).high > timeOf(worst).high ? chain : worst), []);
}

/** A stretch that a fact tells of. */
export function byFact(
  name: EstimateStage["name"],
  component: string,
  fact: Fact<Range>,
  of: EstimateStage["class"] = "provider",
): EstimateStage {
  return { name, class: of, component, rangeMs: fact.value, because: fact.note ?? fact.url };
}

interface Probe {
  readonly intervalMs: Ms;
  readonly timeoutMs: Ms;
  readonly unhealthyThreshold: number;
}

/**
 * Until so many probes in a row have failed: at best the first is due at once and refused, at worst the last was just
 * answered and each hangs.
 */
export function detection(component: string, { intervalMs, timeoutMs, unhealthyThreshold }: Probe): EstimateStage {
  const low = (unhealthyThreshold - 1) * intervalMs;
  const because = `${unhealthyThreshold} probes, ${intervalMs / 1_000} s apart`;
  return { name: "detect", class: "timer", component, rangeMs: [low, low + intervalMs + timeoutMs], because };
}

/** How names are found not to answer, and for how long they are remembered: the edge's settings, else AWS's own. */
export function dnsOf(topology: Topology): { readonly id: string; readonly probe: Probe; readonly ttlMs: Ms } {
  const [edge] = componentsOf(topology, "edge");
  const { intervalMs, threshold } = edge?.settings.dnsHealthCheck ?? {
    intervalMs: ROUTE_53.healthInterval.value,
    threshold: ROUTE_53.healthThreshold.value,
  };
  return {
    id: edge?.id ?? "DNS",
    probe: { intervalMs, timeoutMs: 0, unhealthyThreshold: threshold },
    ttlMs: edge?.settings.dnsTtlMs ?? ALB.dnsTtl.value,
  };
}

/** Until nobody remembers the former address. */
export function forgetting(component: string, ttlMs: Ms): EstimateStage {
  return { name: "shift", class: "timer", component, rangeMs: [0, ttlMs], because: `TTL ${ttlMs / 1_000} s` };
}
