import type { Ms } from "../../base/units.ts";
import type {
  FailoverAct,
  FailoverDecision,
  FailoverSpec,
  FailoverState,
  LogPosition,
  MemberAct,
  MemberState,
} from "./language.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Unnumbered<A> = A extends MemberAct ? Omit<A, "id"> : never;

/** A member's state while a step works on it. */
export type MemberDraft = Mutable<MemberState>;

/** A member's next act, before it has its number. */
export type Wish = Unnumbered<MemberAct>;

/** One step of the controller: a copy of the state to work on, and what comes of it. */
export interface Turn {
  readonly spec: FailoverSpec;
  readonly now: Ms;
  readonly state: Mutable<Omit<FailoverState, "members">> & { members: Record<string, MemberDraft> };
  readonly act: FailoverAct[];
  wakeAt: Ms | null;
}

/** Begins a step. The recorded state is left as it is. */
export function beginTurn(spec: FailoverSpec, state: FailoverState, now: Ms): Turn {
  const members: Record<string, MemberDraft> = {};
  for (const { id } of spec.members) members[id] = { ...memberOf(state, id) };
  return { spec, now, state: { ...state, members }, act: [], wakeAt: null };
}

/** What is believed of a member. */
export function memberOf(state: FailoverState, id: string): MemberState {
  return state.members[id]!; // every member of the spec has a state
}

/** What is believed of a member, to be changed by this step. */
export function draftOf(turn: Turn, id: string): MemberDraft {
  return turn.state.members[id]!; // every member of the spec has a state
}

/** Ids of all members but the primary. */
export function standbysOf(turn: Turn, primary: string = turn.state.primary): string[] {
  return turn.spec.members.filter((member) => member.id !== primary).map((member) => member.id);
}

/** Whether the control plane can command a member, as far as it knows. */
export function isReachable(turn: Turn, id: string): boolean {
  const member = turn.spec.members.find((each) => each.id === id);
  return member !== undefined && !turn.state.unreachable.includes(member.zone);
}

/** Asks for another step at `at`, if none is due earlier. */
export function wake(turn: Turn, at: Ms): void {
  turn.wakeAt = Math.min(turn.wakeAt ?? at, at);
}

/** Whether `at` has come; if not, the controller wakes then. */
export function due(turn: Turn, at: Ms): boolean {
  if (turn.now >= at) return true;
  wake(turn, at);
  return false;
}

/** Tells the journal of a conclusion. */
export function say(turn: Turn, what: FailoverDecision, subject: string, detail?: string): void {
  turn.act.push({ kind: "decision", what, subject, ...(detail === undefined ? {} : { detail }) });
}

/** Forgets failures, so that the next act on this member is tried at once. */
export function forgive(member: MemberDraft): void {
  member.failures = 0;
  member.retryAt = 0;
}

/** Negative where `a` reaches less far than `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.timeline - b.timeline || a.offset - b.offset;
}
