import type { AuditProblem } from "../base/audit-document.ts";
import type { Problem } from "../base/error.ts";
import { parseDuration, parsePercent, parseRate } from "../base/units.ts";
import { type Json, isRecord } from "./read/document.ts";
import type { Objectives } from "./rule/rule.ts";

/** Nothing said: rules that depend on objectives stay quiet. */
export const NO_OBJECTIVES: Objectives = {
  multiRegion: null,
  tier0: false,
  regionRtoMs: null,
  regionRpoMs: null,
  zoneRtoMs: null,
  availability: null,
  peak: null,
};

type Read = (value: Json) => number | boolean | undefined;

const duration: Read = (value) => (typeof value === "string" ? parseDuration(value) : undefined);
const percent: Read = (value) => (typeof value === "string" ? parsePercent(value) : undefined);
const rate: Read = (value) => (typeof value === "string" ? parseRate(value) : undefined);
const boolean: Read = (value) => (typeof value === "boolean" ? value : undefined);
const tier: Read = (value) => (typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined);

/** Each objective by its path in the file, with how it is read and an example of it. */
const FIELDS: Readonly<Record<string, readonly [Read, string]>> = {
  availability: [percent, '"99.99%"'],
  multiRegion: [boolean, "true"],
  tier: [tier, "0"],
  peak: [rate, '"500 requests/second"'],
  "instance.rto": [duration, '"10 seconds"'],
  "instance.rpo": [duration, '"0 seconds"'],
  "zone.rto": [duration, '"1 minute"'],
  "zone.rpo": [duration, '"0 seconds"'],
  "region.rto": [duration, '"15 minutes"'],
  "region.rpo": [duration, '"30 seconds"'],
};

/**
 * What a file of objectives asks for, in the words of a definition's `objectives`, with `multiRegion` and `tier` (0 is
 * the gravest) beside them; and everything that is wrong with it. An objective for the loss of a region asks for more
 * than one region.
 */
export function readObjectives(data: Json): { readonly objectives: Objectives; readonly problems: readonly Problem[] } {
  const said = isRecord(data) && isRecord(data["objectives"]) ? data["objectives"] : data;
  const problems: Problem[] = [];
  const values = new Map<string, number | boolean>();
  for (const [path, value] of leavesOf(said)) {
    const field = FIELDS[path];
    const read = field?.[0](value);
    if (read !== undefined) values.set(path, read);
    else problems.push(problemOf(path, value, field?.[1]));
  }
  const number = (path: string): number | null => {
    const value = values.get(path);
    return typeof value === "number" ? value : null;
  };
  const [regionRtoMs, regionRpoMs] = [number("region.rto"), number("region.rpo")];
  const multiRegion = values.get("multiRegion") ?? (regionRtoMs !== null || regionRpoMs !== null ? true : null);
  const objectives: Objectives = {
    ...NO_OBJECTIVES,
    multiRegion: multiRegion as boolean | null,
    tier0: values.get("tier") === 0,
    regionRtoMs,
    regionRpoMs,
    zoneRtoMs: number("zone.rto"),
    availability: number("availability"),
    peak: number("peak"),
  };
  return { objectives, problems };
}

/** What cannot be wanted together. */
export function contradictionsOf({ regionRtoMs, zoneRtoMs }: Objectives): readonly AuditProblem[] {
  if (regionRtoMs === null || zoneRtoMs === null || regionRtoMs >= zoneRtoMs) return [];
  return [
    {
      level: "warning",
      code: "AUD-017",
      at: "objectives.region.rto",
      message: "a region is to be back sooner than a zone, and holds its zones",
      fix: "make the region's objective the longer one",
    },
  ];
}

function leavesOf(value: Json | undefined, path = ""): readonly (readonly [string, Json])[] {
  if (!isRecord(value)) return value === undefined ? [] : [[path, value]];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, path === "" ? key : `${path}.${key}`));
}

function problemOf(at: string, value: Json, example: string | undefined): Problem {
  const shown = JSON.stringify(value);
  if (example === undefined) {
    const message = `there is no objective "${at}" (there is ${Object.keys(FIELDS).join(", ")})`;
    return { code: "AUD-007", at, message, fix: "use one of these" };
  }
  return { code: "AUD-007", at, message: `${shown} is not read as ${at}`, fix: `write it like ${example}` };
}
