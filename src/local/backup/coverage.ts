/**
 * Which points in time an archive can bring back, worked out from its catalogue alone: a base backup, the log after it
 * without a gap, along the timelines that led to the history that is meant.
 */
import type { Ms } from "../../base/units.ts";
import type { Catalogue, Manifest, Mark } from "./catalogue.ts";

/** A stretch of time of which every moment can be brought back. A snapshot is a single moment. */
export interface Stretch {
  readonly from: Ms;
  readonly to: Ms;
}

/** How a moment is brought back. */
export interface Way {
  readonly base: Manifest;
  /** The timeline to follow. */
  readonly timeline: number;
  /** The segments that are replayed, in order. */
  readonly segments: readonly string[];
  /** Replay ends before the first commit after this; null: as soon as it is consistent, or with the last segment. */
  readonly toTime: Ms | null;
  /** As soon as it is consistent. */
  readonly isSnapshot: boolean;
  /** All that was acknowledged before is in it. */
  readonly completeAt: Ms;
  /** The segment whose loss ends a way to the latest state too early; null: nothing is known to be missing. */
  readonly missing: string | null;
}

/** A history between two restores, on the timeline that it had come to. */
interface Branch {
  readonly from: Ms;
  readonly timeline: number;
  readonly marks: readonly (Mark & { readonly kind: "mark" })[];
}

/** What can be brought back, the oldest first, without overlaps. */
export function restorable(catalogue: Catalogue): readonly Stretch[] {
  const stretches = coverings(catalogue).map(({ from, to }) => ({ from, to }));
  const merged: Stretch[] = [];
  for (const next of stretches.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
}

/** How to bring back the moment `at`, from the newest base backup that reaches it; undefined where none does. */
export function wayTo(catalogue: Catalogue, at: Ms): Way | undefined {
  const covering = coverings(catalogue).findLast(({ from, to }) => from <= at && at <= to);
  if (covering === undefined) return undefined;
  const { base, branch } = covering;
  // The mark is a commit of its own, so the server finds one after `at`, and need not read on.
  const until =
    branch?.marks.find((mark) => mark.at >= at && isOnWay(catalogue, mark, branch.timeline))?.lsn ?? base.stopLsn;
  const timeline = branch?.timeline ?? base.timeline;
  const segments = chain(catalogue, base, timeline).filter(({ start }) => start < until);
  return {
    base,
    timeline,
    segments: namesOf(segments),
    toTime: branch ? at : null,
    isSnapshot: branch === null,
    completeAt: at,
    missing: null,
  };
}

/** How to bring back all that is in the archive; undefined where there is no base backup with the log that it needs. */
export function wayToLatest(catalogue: Catalogue): Way | undefined {
  const { segmentBytes } = catalogue;
  const newest = Math.max(1, ...catalogue.histories.keys());
  for (const base of catalogue.bases.toReversed()) {
    for (const timeline of new Set([newest, base.timeline])) {
      const segments = chain(catalogue, base, timeline);
      const last = segments.at(-1);
      if (last === undefined || !isConsistent(catalogue, base, timeline, segments)) continue;
      const branch = branchesOf(catalogue).at(-1);
      const reached = branch && covering(catalogue, base, { ...branch, timeline });
      const end = last.start + segmentBytes;
      const isMore = branch?.marks.some((mark) => isBeyond(catalogue, mark, { timeline, end }));
      const missing = isMore ? segmentHolding(timeline, end, segmentBytes) : null;
      const completeAt = reached?.to ?? base.completeAt;
      return { base, timeline, segments: namesOf(segments), toTime: null, isSnapshot: false, completeAt, missing };
    }
  }
  return undefined;
}

/** Whether a mark knows of more than was reached: further on, or on a timeline whose history is not there. */
function isBeyond(
  catalogue: Catalogue,
  mark: { readonly timeline: number; readonly lsn: number },
  { timeline, end }: { readonly timeline: number; readonly end: number },
): boolean {
  return mark.timeline > timeline || (mark.lsn > end && isOnWay(catalogue, mark, timeline));
}

/** The segments that a base backup needs to be consistent, whether they are there or not. */
export function ownSegments({ timeline, startLsn, stopLsn }: Manifest, segmentBytes: number): readonly string[] {
  const names: string[] = [];
  for (let start = startLsn - (startLsn % segmentBytes); start < stopLsn; start += segmentBytes)
    names.push(segmentName(timeline, start, segmentBytes));
  return names;
}

/**
 * The segments that must be there: what base backups need to be consistent, and all between the base backup that the
 * oldest mark rests on and the last mark of each branch. Log from before that is kept for its base backup alone.
 */
export function expectedLog(catalogue: Catalogue): readonly string[] {
  const { bases, segmentBytes } = catalogue;
  const names = new Set(bases.flatMap((base) => ownSegments(base, segmentBytes)));
  for (const { marks, timeline } of branchesOf(catalogue)) {
    const onWay = bases.filter((base) => isOnWay(catalogue, { ...base, lsn: base.stopLsn }, timeline));
    const base = onWay.findLast(({ finishedAt }) => finishedAt <= (marks[0]?.at ?? 0)) ?? onWay[0];
    const last = marks.findLast((mark) => isOnWay(catalogue, mark, timeline));
    if (base === undefined || last === undefined) continue;
    for (const { name, start } of walk(catalogue, base, timeline)) {
      if (start >= last.lsn) break;
      names.add(name);
    }
  }
  return [...names].toSorted();
}

/** Name of the segment that has the byte `lsn` of the log. */
export function segmentHolding(timeline: number, lsn: number, segmentBytes: number): string {
  return segmentName(timeline, lsn - (lsn % segmentBytes), segmentBytes);
}

function segmentName(timeline: number, start: number, segmentBytes: number): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
  return `${hex(timeline)}${hex(Math.floor(start / 2 ** 32))}${hex((start % 2 ** 32) / segmentBytes)}`;
}

interface Segment {
  readonly name: string;
  readonly start: number;
}

interface Covering extends Stretch {
  readonly base: Manifest;
  /** Null: nothing is known but the base backup itself. */
  readonly branch: Branch | null;
}

/** What each base backup reaches: the marks that the log after it leads up to, or itself. The oldest base first. */
function coverings(catalogue: Catalogue): readonly Covering[] {
  const branches = branchesOf(catalogue);
  return catalogue.bases.flatMap((base): Covering[] => {
    const own = chain(catalogue, base, base.timeline);
    if (!isConsistent(catalogue, base, base.timeline, own)) return [];
    const reached = branches.flatMap((branch) => covering(catalogue, base, branch) ?? []);
    return reached.length > 0 ? reached : [{ from: base.completeAt, to: base.completeAt, base, branch: null }];
  });
}

function covering(catalogue: Catalogue, base: Manifest, branch: Branch): Covering | undefined {
  const segments = chain(catalogue, base, branch.timeline);
  if (!isConsistent(catalogue, base, branch.timeline, segments)) return undefined;
  const reach = (segments.at(-1)?.start ?? 0) + catalogue.segmentBytes;
  const last = branch.marks.findLast((mark) => mark.lsn <= reach && isOnWay(catalogue, mark, branch.timeline));
  const from = Math.max(base.finishedAt, branch.from);
  return last === undefined || last.at < from ? undefined : { from, to: last.at, base, branch };
}

/** Whether what a mark knows is part of a timeline's history, and not of one that was left before. */
function isOnWay(catalogue: Catalogue, mark: { timeline: number; lsn: number }, timeline: number): boolean {
  const stretch = lineage(catalogue, timeline)?.find((each) => each.timeline === mark.timeline);
  return stretch !== undefined && mark.lsn <= stretch.end;
}

function isConsistent(catalogue: Catalogue, base: Manifest, timeline: number, segments: readonly Segment[]): boolean {
  const end = segments.at(-1);
  const isLogThere = end !== undefined && end.start + catalogue.segmentBytes >= base.stopLsn;
  return isLogThere && isOnWay(catalogue, { timeline: base.timeline, lsn: base.stopLsn }, timeline);
}

/** The segments from the beginning of a base backup on, along the way to `timeline`, up to the first one missing. */
function chain(catalogue: Catalogue, base: Manifest, timeline: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (const segment of walk(catalogue, base, timeline)) {
    if (!catalogue.log.has(segment.name)) break;
    segments.push(segment);
  }
  return segments;
}

/** The segments along the way to `timeline`, without an end, whether they are there or not. */
function* walk(catalogue: Catalogue, base: Manifest, timeline: number): Generator<Segment> {
  const { segmentBytes } = catalogue;
  const way = lineage(catalogue, timeline) ?? [];
  for (let start = base.startLsn - (base.startLsn % segmentBytes); ; start += segmentBytes) {
    // The segment in which a timeline was left is read from the next one, which holds what was before, too.
    const on = way.findLast((stretch) => stretch.begin < start + segmentBytes);
    if (on === undefined) return;
    yield { name: segmentName(on.timeline, start, segmentBytes), start };
  }
}

/** The timelines that led to one, from where to where each was followed; undefined where its history is not there. */
function lineage(
  { histories }: Catalogue,
  timeline: number,
): readonly { readonly timeline: number; readonly begin: number; readonly end: number }[] | undefined {
  const past = timeline === 1 ? [] : histories.get(timeline);
  if (past === undefined) return undefined;
  const steps = [...past, { timeline, end: Infinity }];
  return steps.map((step, at) => ({ ...step, begin: steps[at - 1]?.end ?? 0 }));
}

function branchesOf({ marks }: Catalogue): readonly Branch[] {
  const branches: { from: Ms; timeline: number; marks: (Mark & { kind: "mark" })[] }[] = [];
  let branch = { from: -Infinity, timeline: 0, marks: [] as (Mark & { kind: "mark" })[] };
  for (const mark of marks) {
    if (mark.kind === "restored") {
      branch = { from: mark.at, timeline: 0, marks: [] };
      continue;
    }
    if (branch.marks.length === 0) branches.push(branch);
    branch.marks.push(mark);
    branch.timeline = Math.max(branch.timeline, mark.timeline);
  }
  return branches;
}

function namesOf(segments: readonly Segment[]): readonly string[] {
  return segments.map(({ name }) => name);
}
