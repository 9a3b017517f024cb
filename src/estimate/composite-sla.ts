import { SLA, type Sla } from "../facts/sla.ts";
import type { Component, Topology } from "../topology/topology.ts";
import { series } from "./exact/availability.ts";
import { neededComponents } from "./recovery/standing.ts";

/** What AWS promises of the services of one region, multiplied; below it a customer gets credits. */
export interface CompositeSla {
  readonly value: number;
  readonly of: readonly string[];
}

/**
 * The composite SLA of what journeys need, over several zones. It says what AWS pays for, not how available anything
 * is: services fail together, and a promise is no measurement.
 */
export function compositeSla(topology: Topology): CompositeSla {
  const names = new Set(neededComponents(topology).flatMap(slasOf));
  const value = series([...names].map((name) => (SLA[name] satisfies Sla).multiZone.value));
  return { value: Number(value.toPrecision(8)), of: [...names] };
}

function slasOf(component: Component): readonly (keyof typeof SLA)[] {
  switch (component.kind) {
    case "edge":
      return ["route53", "cloudFront"];
    case "accelerator":
      return ["globalAccelerator"];
    case "http-api":
      return ["apiGateway"];
    case "service":
      return component.settings.protocol === null ? ["compute"] : ["loadBalancer", "compute"];
    case "function":
      return ["lambda"];
    case "queue":
    case "topic":
      return ["sqs"];
    case "bus":
    case "schedule":
      return ["eventBridge"];
    case "database":
      return [component.settings.engine.startsWith("aurora") ? "aurora" : "rds"];
    case "cache":
      return ["elastiCache"];
    case "table":
      return ["dynamoDb"];
    case "bucket":
      return ["s3"];
    case "file-system":
      return [component.settings.engine === "efs" ? "efs" : "fsx"];
    case "volume":
      return ["compute"];
  }
}
