import type { DrillPrediction } from "../../base/prediction.ts";
import type { DrillToPredict } from "./drill-to-predict.ts";
import { predictOneRegionDrill } from "./one-region.ts";
import { predictRegionDrill } from "./region.ts";

/** Plays a drill in virtual time, again and again with other chance; null where nothing is known of such a fault. */
export function predictDrill(drill: DrillToPredict): DrillPrediction | null {
  return drill.fault.blastClass === "region" ? predictRegionDrill(drill) : predictOneRegionDrill(drill);
}
