import { CfnZonalAutoshiftConfiguration } from "aws-cdk-lib/aws-arczonalshift";
import { logicalId } from "../name.ts";
import { type Site, isDev } from "../ship.ts";
import type { ShippedRow } from "./alarm.ts";
import { prefixOf } from "./kind/service.ts";

/** Practice runs are weekly and come unannounced; at the weekend nobody looks at what they show. In UTC. */
const BLOCKED = ["Sat:00:00-Sat:23:59", "Sun:00:00-Sun:23:59"];

/**
 * Zonal autoshift of a region's balancers: AWS shifts traffic away from a zone that it knows to be impaired, and
 * tries once a week for half an hour whether the others carry it. Such a practice run ends, and has failed, when
 * customers get errors; while they do, none begins.
 *
 * Only where enough tasks run that the loss of a zone can be borne. The balancer itself must take part
 * (`zonal_shift.config.enabled`). To be told of every autoshift in the region, also of one that does not touch this
 * system, is a setting of the whole account, and so is left alone.
 *
 * https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-autoshift.considerations.html
 */
export function shipAutoshift(site: Site, shipped: readonly ShippedRow[]): void {
  const { handles, stacks, presence, shipment } = site;
  if (isDev(shipment) || presence.serviceShare < 1) return;
  for (const { id, balancers } of handles.all("service")) {
    for (const [index, { arn }] of balancers.entries()) {
      const prefix = prefixOf(index);
      const felt = shipped.find(
        ({ component, row }) => component === id && row.customers && row.name.startsWith(prefix),
      );
      if (felt === undefined) continue;
      const alarm = { alarmIdentifier: felt.alarm.attrArn, type: "CLOUDWATCH" };
      new CfnZonalAutoshiftConfiguration(stacks.watch, logicalId(id, `${prefix}autoshift`), {
        resourceIdentifier: arn,
        zonalAutoshiftStatus: "ENABLED",
        practiceRunConfiguration: { outcomeAlarms: [alarm], blockingAlarms: [alarm], blockedWindows: BLOCKED },
      });
    }
  }
}
