import type { Site } from "../ship.ts";
import { type AlarmRow, type ShippedRow, shipAlarm } from "./alarm.ts";
import { watchBucket } from "./kind/bucket.ts";
import { watchBus } from "./kind/bus.ts";
import { watchCache } from "./kind/cache.ts";
import { watchDatabase } from "./kind/database.ts";
import { watchFileSystem } from "./kind/file-system.ts";
import { watchFunction } from "./kind/function.ts";
import { watchHttpApi } from "./kind/http-api.ts";
import { deadLetters, watchQueue } from "./kind/queue.ts";
import { watchSchedules } from "./kind/schedule.ts";
import { watchService } from "./kind/service.ts";
import { watchTable } from "./kind/table.ts";
import { watchTopic } from "./kind/topic.ts";
import { watchVolume } from "./kind/volume.ts";

/** What schedules are called in alarms and on the dashboard. */
const SCHEDULE_GROUP = "schedule-group";

/** What is watched of one component. */
export interface Watched {
  readonly component: string;
  readonly rows: readonly AlarmRow[];
}

/** All that is watched in a region, by component; schedules together, by their group. */
export function rowsOf(site: Site): readonly Watched[] {
  const { handles } = site;
  const each = <H extends { readonly id: string }>(
    all: readonly H[],
    watch: (site: Site, handle: H) => readonly AlarmRow[],
  ): Watched[] => all.map((handle) => ({ component: handle.id, rows: watch(site, handle) }));
  return [
    ...each(handles.all("service"), watchService),
    ...each(handles.all("function"), watchFunction),
    ...each(handles.all("http-api"), watchHttpApi),
    ...each(handles.all("queue"), watchQueue),
    ...each(handles.all("topic"), watchTopic),
    ...each(handles.all("bus"), watchBus),
    ...each(handles.all("database"), watchDatabase),
    ...each(handles.all("cache"), watchCache),
    ...each(handles.all("table"), watchTable),
    ...each(handles.all("bucket"), watchBucket),
    ...each(handles.all("file-system"), watchFileSystem),
    ...each(handles.all("volume"), watchVolume),
    ...(handles.scheduleGroupName === null
      ? []
      : [{ component: SCHEDULE_GROUP, rows: watchSchedules(handles.scheduleGroupName) }]),
    ...handles.undelivered.map(({ id, name }) => ({ component: id, rows: [deadLetters(name)] })),
  ].filter(({ rows }) => rows.length > 0);
}

/**
 * Ships the alarms. What alerts by itself does so at once; the others are asked for by the states of components and
 * zones, so that one fault is one alert and not ten.
 */
export function shipRows(site: Site, watched: readonly Watched[], alertsArn: string): readonly ShippedRow[] {
  return watched.flatMap(({ component, rows }) =>
    rows.map((row) => shipAlarm(site, component, row, row.alone ? [alertsArn] : [])),
  );
}
