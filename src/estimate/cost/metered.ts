import type { CostLine } from "../../base/estimate-document.ts";
import type { Fact } from "../../facts/fact.ts";
import { BALANCER_UNIT, METERED, REQUESTS_A_MESSAGE } from "../../facts/metered-price.ts";
import type { Component, Topology } from "../../topology/topology.ts";
import type { Usage } from "./usage.ts";

const MILLION = 1_000_000;

/** A function is taken to run this long. */
const FUNCTION_SECONDS = 0.1;

/** What usage adds to what runs idle, by component; nothing for what is not used. */
export function meteredLines(topology: Topology, usage: Usage): readonly CostLine[] {
  const doors = topology.components.filter(({ kind }) => kind === "edge" || kind === "http-api").length;
  const lines = topology.components.flatMap((component) => linesOf(component, topology, { ...usage, doors }));
  return lines.filter(({ usdPerMonth }) => usdPerMonth !== 0);
}

interface Shared extends Usage {
  /** Ways in that share the requests. */
  readonly doors: number;
}

function linesOf(component: Component, topology: Topology, usage: Shared): readonly CostLine[] {
  const { requestsPerMonth, writesPerMonth, outGB, storedGB, doors } = usage;
  const share = doors === 0 ? 0 : requestsPerMonth / doors;
  const isCopied = topology.regions.length > 1 && topology.recovery !== "backup-restore";
  const copies = isCopied ? 2 : 1;
  const line = (what: string, price: Fact<number>, quantity: number, assumes: string): CostLine => ({
    component: component.id,
    what,
    usdPerMonth: Math.round(price.value * quantity * 100) / 100,
    assumes,
  });
  switch (component.kind) {
    case "edge":
      return [
        line("requests at the edge", METERED.edgeRequests, share / 10_000, "its share of all requests"),
        line("requests at the firewall", METERED.firewallRequests, share / MILLION, "its share of all requests"),
        line("data to customers", METERED.edgeGB, outGB, "the price of the first 10 TB"),
        line("capacity units", METERED.balancerUnitHour, outGB / BALANCER_UNIT.gbPerHour.value, "by what goes through"),
      ];
    case "http-api":
      return [line("API requests", METERED.apiRequests, share / MILLION, "its share of all requests")];
    case "function": {
      const gbSeconds = writesPerMonth * FUNCTION_SECONDS * (component.settings.memoryMiB / 1_024);
      return [
        line("invocations", METERED.functionRequests, writesPerMonth / MILLION, "one a write"),
        line("GB-seconds", METERED.functionGBSecond, gbSeconds, `${FUNCTION_SECONDS} s each`),
      ];
    }
    case "queue": {
      const requests = writesPerMonth * REQUESTS_A_MESSAGE.value;
      return [line("messages", METERED.queueRequests, requests / MILLION, "one a write: sent, received, deleted")];
    }
    case "table":
      return [
        line("writes", METERED.tableWrites, (writesPerMonth / MILLION) * copies, "one unit a write, in each region"),
        line("stored", METERED.tableGB, storedGB * copies, "in each region"),
      ];
    case "database": {
      const own = line("backups", METERED.backupGB, isCopied ? 0 : storedGB, "one copy in the other region");
      if (!component.settings.engine.startsWith("aurora")) return [own];
      const io = writesPerMonth / MILLION;
      return [
        own,
        line("storage", METERED.auroraGB, storedGB * copies, "in each region"),
        line("I/O", METERED.auroraIo, io, "one a write; reads come from memory"),
        line("replicated writes", METERED.replicatedIo, isCopied ? io : 0, "one a write"),
      ];
    }
    default:
      return [];
  }
}
