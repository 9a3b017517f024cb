import type { Component, Topology } from "../topology/topology.ts";

/** A change of the definition, without another strategy. */
export interface Change {
  readonly what: string;
  readonly topology: Topology;
}

const SHORT_TTL_MS = 10_000;
const FAST_PROBE_MS = 10_000;
const FAST_HEALTH_MS = 5_000;

/** Changes that make recoveries faster, as far as a system does not have them yet; one thing each. */
export function changesOf(topology: Topology): readonly Change[] {
  return topology.components.flatMap((component): Change[] => {
    const { id } = component;
    const to = (what: string, changed: Component): Change => ({
      what: `${id}: ${what}`,
      topology: replaced(topology, changed),
    });
    switch (component.kind) {
      case "edge": {
        const { settings } = component;
        const { dnsTtlMs, dnsHealthCheck } = settings;
        const check = { ...dnsHealthCheck, intervalMs: FAST_PROBE_MS };
        return [
          ...(dnsTtlMs > SHORT_TTL_MS
            ? [
                to(`TTL ${seconds(dnsTtlMs, SHORT_TTL_MS)}`, {
                  ...component,
                  settings: { ...settings, dnsTtlMs: SHORT_TTL_MS },
                }),
              ]
            : []),
          ...(dnsHealthCheck.intervalMs > FAST_PROBE_MS
            ? [
                to(`DNS health checks every ${seconds(dnsHealthCheck.intervalMs, FAST_PROBE_MS)}`, {
                  ...component,
                  settings: { ...settings, dnsHealthCheck: check },
                }),
              ]
            : []),
        ];
      }
      case "service": {
        const { settings } = component;
        const { health } = settings;
        if (health === null || health.intervalMs <= FAST_HEALTH_MS) return [];
        const faster = { ...health, intervalMs: FAST_HEALTH_MS, timeoutMs: Math.min(health.timeoutMs, FAST_HEALTH_MS) };
        const what = `health checks every ${seconds(health.intervalMs, FAST_HEALTH_MS)}`;
        return [to(what, { ...component, settings: { ...settings, health: faster } })];
      }
      case "database": {
        const { settings } = component;
        if (settings.endpoint === "proxy") return [];
        return [to('endpoint "cluster" → "proxy"', { ...component, settings: { ...settings, endpoint: "proxy" } })];
      }
      default:
        return [];
    }
  });
}

function seconds(from: number, to: number): string {
  return `${from / 1_000} s → ${to / 1_000} s`;
}

function replaced(topology: Topology, changed: Component): Topology {
  const components = topology.components.map((component) => (component.id === changed.id ? changed : component));
  return { ...topology, components };
}
