import { seededRandom } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { YEAR } from "../../facts/failure.ts";
import { Incident, type IncidentReport } from "./incident.ts";
import type { SystemModel } from "./model.ts";
import { Tally } from "./tally.ts";
import { Upcoming } from "./upcoming.ts";

/** Which years are played. */
export interface YearsRequest {
  readonly model: SystemModel;
  /** The seed and the number of the batch: all chance follows from it, and from the names of what happens. */
  readonly seed: string;
  readonly years: number;
}

/** Plays years, and says what all of it came to. */
export function tallyOf(request: YearsRequest): Tally {
  const tally = new Tally(request.years);
  playYears(request, (report, at) => tally.add(report, Math.floor(at / YEAR.value)));
  return tally;
}

/** Plays years from incident to incident: nothing is done while all is well. Tells what came of each, and when. */
export function playYears({ model, seed, years }: YearsRequest, tell: (report: IncidentReport, at: Ms) => void): void {
  const upcoming = new Upcoming(model.hazards, seed);
  const end: Ms = years * YEAR.value;
  for (let at = upcoming.at; at < end; at = upcoming.at) {
    const incident = new Incident(model, at);
    const strike = (): void => {
      const { hazard, count } = upcoming.take();
      incident.strike(hazard, (name) => seededRandom(`${seed}/${hazard.key}/${count}/${name}`));
    };
    strike();
    for (let next = incident.nextMs(); next !== null; next = incident.nextMs()) {
      const untilStrike = upcoming.at - at;
      incident.runUntil(Math.min(next, untilStrike));
      if (untilStrike <= next) strike();
    }
    tell(incident.report(), at);
  }
}
