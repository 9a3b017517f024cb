import type { Ms } from "../../base/units.ts";
import type { BackupAct, BackupSeen, BackupSpec, BackupState, KeptBase } from "./language.ts";

/** What is believed once `seen` is known. */
export function learn(spec: BackupSpec, state: BackupState, now: Ms, seen: BackupSeen): BackupState {
  switch (seen.kind) {
    case "listed": {
      const bases = seen.bases.toSorted((one, other) => one.finishedAt - other.finishedAt);
      const lastStartAt = bases.at(-1)?.startedAt ?? state.lastStartAt;
      return { ...state, listed: true, bases, lastStartAt, lastTestAt: seen.lastTestAt };
    }
    case "asked":
      return { ...state, asked: true, retryAt: { ...state.retryAt, backup: now } };
    case "bad":
      return withBases(state, (base) => ({
        ...base,
        good: base.good && !seen.bases.includes(base.id),
        copied: base.copied && !seen.copies.includes(base.id),
      }));
    case "done":
      return state.doing?.id === seen.id
        ? ended(spec, { ...state, doing: null }, now, { seen, act: state.doing })
        : state;
  }
}

function ended(
  spec: BackupSpec,
  state: BackupState,
  now: Ms,
  { seen, act }: { seen: BackupSeen & { readonly kind: "done" }; act: BackupAct },
): BackupState {
  if (!seen.ok) {
    const retryAt = { ...state.retryAt, [act.kind]: now + spec.retryMs };
    // The schedule goes by the last backup that there is.
    const lastStartAt = act.kind === "backup" ? (state.bases.at(-1)?.startedAt ?? null) : state.lastStartAt;
    return { ...state, retryAt, lastStartAt };
  }
  if (act.kind === "backup") return seen.base === undefined ? state : { ...state, bases: [...state.bases, seen.base] };
  if (act.kind === "copy") return withBases(state, (base) => (base.id === act.base ? { ...base, copied: true } : base));
  if (act.kind === "delete") return { ...state, bases: state.bases.filter(({ id }) => !act.bases.includes(id)) };
  return { ...state, lastTestAt: now };
}

function withBases(state: BackupState, change: (base: KeptBase) => KeptBase): BackupState {
  return { ...state, bases: state.bases.map(change) };
}
