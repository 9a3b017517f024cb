import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { type Journey, componentsOf, weightOf } from "../../topology/topology.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";

/** How many writes fall into a time that are acknowledged for good, and kept in a database. */
export function keptWritesIn(drill: DrillToPredict, ms: Ms, random: Random): number {
  return drawCount(writesPerMs(drill), ms, random);
}

/** In a millisecond. */
function writesPerMs(drill: DrillToPredict): number {
  const { journeys } = drill.topology;
  const written = journeys
    .filter((journey) => isKept(drill, journey))
    .reduce((sum, { weight, read, module }) => {
      return sum + weight * (read === null && module === null ? 1 : 1 - drill.customers.readShare);
    }, 0);
  return (drill.customers.rate / 1_000) * (written / weightOf(journeys));
}

function isKept({ topology }: DrillToPredict, { write, module, durability, needs }: Journey): boolean {
  const isWritten = write !== null || module !== null;
  const isStored = componentsOf(topology, "database").some(({ id }) => needs.includes(id));
  return isWritten && isStored && durability === "acknowledged";
}

/** How many events of a Poisson process fall into a time. */
function drawCount(perMs: number, ms: Ms, random: Random): number {
  let count = 0;
  if (perMs === 0) return 0;
  for (let at = random.exponential(1 / perMs); at < ms; at += random.exponential(1 / perMs)) count += 1;
  return count;
}
