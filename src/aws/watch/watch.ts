import { shipExperiments } from "../recovery/experiment/experiment.ts";
import type { Site } from "../ship.ts";
import { shipAlerts } from "./alert.ts";
import { shipAutoshift } from "./autoshift.ts";
import { hasCanary, shipCanary } from "./canary.ts";
import { shipDashboard } from "./dashboard.ts";
import { shipEvents } from "./event.ts";
import { shipPatching } from "./patch.ts";
import { rowsOf, shipRows } from "./row.ts";
import { shipRunbooks } from "./runbook.ts";
import { shipStates } from "./state.ts";
import { shipTrail } from "./trail.ts";

/**
 * What watches from a region in which nothing else is deployed: the canary that sees, from outside, whether the other
 * one serves. Without it nobody would be told of a region that is gone.
 */
export function shipLookout(site: Site): void {
  if (hasCanary(site.shipment.topology)) shipCanary(site, [shipAlerts(site)]);
}

/** Alarms, dashboards, canaries, trail, patching, runbooks and experiments of a region, in its watch stack. */
export function shipWatch(site: Site): void {
  const alertsArn = shipAlerts(site);
  const watched = rowsOf(site);
  const shipped = shipRows(site, watched, alertsArn);
  shipEvents(site, alertsArn);
  const canary = shipCanary(site);
  const canaries = canary === null ? [] : [{ name: canary.alarm.ref, arn: canary.alarm.attrArn }];
  const states = shipStates(site, shipped, { alertsArn, canaries });
  shipDashboard(site, watched, states);
  shipAutoshift(site, shipped);
  shipExperiments(site, shipped);
  shipRunbooks(site);
  shipPatching(site);
  shipTrail(site);
}
