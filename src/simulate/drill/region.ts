import type { DrillPrediction } from "../../base/prediction.ts";
import { seededRandom } from "../../base/random.ts";
import { AS_EVER } from "../../fault/fault.ts";
import { REGION_ROLES } from "../../fault/target.ts";
import type { PrimitiveKind } from "../../world/primitive.ts";
import { componentsOf } from "../../topology/topology.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { demandOf, pathsOf } from "./region-customers.ts";
import { type RegionPlay, playRegionDrill } from "./region-play.ts";
import { summarize } from "./summary.ts";

/** How often a drill is played, each time with other chance. */
const PLAYS = 120;
/** What can be done to a modelled world of regions. */
const KNOWN: ReadonlySet<PrimitiveKind> = new Set([
  "link",
  "region-power-off",
  "recover",
  "service-fault",
  "edge-down",
  "dns-down",
]);

/**
 * Predicts a drill of a whole region: plays it in virtual time with the controllers that run it, at the drill's pace.
 * Null where the system has one region, no edge, or the fault does what the model does not know.
 */
export function predictRegionDrill(drill: DrillToPredict): DrillPrediction | null {
  const play = prepare(drill);
  if (play === null) return null;
  const random = seededRandom(`${drill.seed}/${drill.fault.name}`);
  const plays = Array.from({ length: PLAYS }, (_, at) => playRegionDrill(play, random.fork(`${at}`)));
  return summarize(plays, drill.observeAtMostMs);
}

function prepare(drill: DrillToPredict): RegionPlay | null {
  const { topology, fault, target, pace } = drill;
  const [first, second] = topology.regions.map(({ name }) => name);
  if (first === undefined || second === undefined || componentsOf(topology, "edge").length === 0) return null;
  const roles: Readonly<Record<string, string>> = { [REGION_ROLES.active]: first, [REGION_ROLES.standby]: second };
  const subject = roles[target] ?? target;
  const blows = [...fault.primitives(topology, subject), ...(fault.then?.primitives(topology, subject) ?? [])];
  if (!blows.every(({ kind }) => KNOWN.has(kind))) return null;
  const expectation = fault.expects?.(topology, subject) ?? AS_EVER;
  const paths = pathsOf(topology, pace);
  return { drill, subject, expectation, paths, demand: demandOf(topology, paths, drill.customers.rate) };
}
