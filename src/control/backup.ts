import type { Ms } from "../base/units.ts";
import type { Controller } from "./controller.ts";
import { learn } from "./backup/learn.ts";
import type { BackupAct, BackupSeen, BackupSpec, BackupState, KeptBase } from "./backup/language.ts";
import { expired } from "./backup/retention.ts";

/** See {@link backup}. */
export type BackupController = Controller<BackupSpec, BackupState, BackupSeen, BackupAct>;

/** An act, but for the number that it is given. */
type Wanted = BackupAct extends infer Each ? (Each extends BackupAct ? Omit<Each, "id"> : never) : never;

/**
 * Keeps a database's backups: takes one when it is due or asked for, copies each to the other region, restores the
 * latest again and again to know that it can be, and deletes what is older than it must be kept. One thing at a time;
 * what failed is tried again after a pause, and a backup that turned out to be bad is replaced at once. The last good
 * one is never deleted, however old.
 */
export const backup: BackupController = {
  start: () => ({
    bases: [],
    listed: false,
    doing: null,
    asked: false,
    lastStartAt: null,
    lastTestAt: null,
    retryAt: { backup: 0, copy: 0, test: 0, delete: 0 },
    nextId: 1,
  }),
  step(spec, state, now, seen) {
    let next = state;
    for (const each of seen) next = learn(spec, next, now, each);
    // Until the archive was looked at, nothing is known to be due.
    if (!next.listed || next.doing !== null) return { state: next, act: [], wakeAt: null };
    const act = due(spec, next, now);
    if (act === null) return { state: next, act: [], wakeAt: wakeAt(spec, next, now) };
    return { state: begun(next, act, now), act: [{ ...act, id: next.nextId }], wakeAt: null };
  },
};

function begun(state: BackupState, act: Wanted, now: Ms): BackupState {
  const doing = { ...act, id: state.nextId };
  const isBackup = act.kind === "backup";
  return {
    ...state,
    doing,
    nextId: state.nextId + 1,
    asked: isBackup ? false : state.asked,
    lastStartAt: isBackup ? now : state.lastStartAt,
  };
}

/** What is to be done first: safety before order, and order before proof. */
function due(spec: BackupSpec, state: BackupState, now: Ms): Wanted | null {
  const may = (kind: keyof BackupState["retryAt"]): boolean => now >= state.retryAt[kind];
  if (may("backup") && now >= nextBackupAt(spec, state)) return { kind: "backup" };
  const uncopied = uncopiedOf(spec, state);
  if (may("copy") && uncopied !== undefined) return { kind: "copy", base: uncopied.id };
  const old = expired(spec, state.bases, now);
  if (may("delete") && old.length > 0) return { kind: "delete", bases: old.map(({ id }) => id) };
  if (may("test") && now >= nextTestAt(spec, state)) return { kind: "test" };
  return null;
}

/** When the state of things asks for an act again, if nothing is seen before. */
function wakeAt(spec: BackupSpec, state: BackupState, now: Ms): Ms | null {
  const { retryAt } = state;
  const times = [
    Math.max(nextBackupAt(spec, state), retryAt.backup),
    Math.max(nextTestAt(spec, state), retryAt.test),
    ...(uncopiedOf(spec, state) === undefined ? [] : [retryAt.copy]),
    ...(expired(spec, state.bases, now).length === 0 ? [] : [retryAt.delete]),
    ...state.bases.map((base) => base.finishedAt + spec.keepMs).filter((at) => at > now),
  ].filter(Number.isFinite);
  return times.length === 0 ? null : Math.max(now, Math.min(...times));
}

/** At once where it was asked for, or the last one is no good; else an interval after the last one began. */
function nextBackupAt(spec: BackupSpec, state: BackupState): Ms {
  if (state.asked || state.bases.at(-1)?.good !== true) return -Infinity;
  return (state.lastStartAt ?? -Infinity) + spec.everyMs;
}

function nextTestAt(spec: BackupSpec, state: BackupState): Ms {
  const first = state.bases.find(({ good }) => good);
  if (spec.testEveryMs === null || first === undefined) return Infinity;
  return (state.lastTestAt ?? first.finishedAt) + spec.testEveryMs;
}

/** The newest alone: an older one that was never copied would be deleted there first. */
function uncopiedOf(spec: BackupSpec, { bases }: BackupState): KeptBase | undefined {
  const newest = bases.findLast(({ good }) => good);
  return spec.copies && newest !== undefined && !newest.copied ? newest : undefined;
}
