import type { Topology } from "../../topology/topology.ts";
import { compileModel } from "./compile.ts";
import type { SystemModel } from "./model.ts";
import { type RateChoice, hazardRates } from "./rates.ts";

/** What years are played of, whatever it was made from. */
export interface Design {
  readonly system: string;
  /** Its recovery strategy, or what stands for one. */
  readonly recovery: string;
  /** By so much of what is not known: the middle of it, or an end. */
  readonly modelAt: (choice: RateChoice) => SystemModel;
  /** What was taken for granted of this design, beside what is of all. */
  readonly assumes: readonly string[];
}

/** The design that a definition's topology is. */
export function designOf(topology: Topology): Design {
  return {
    system: topology.system,
    recovery: topology.recovery,
    modelAt: (choice) => compileModel(topology, hazardRates(topology, choice)),
    assumes: [],
  };
}
