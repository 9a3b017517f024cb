import { beginFailover, resumeService } from "./promote.ts";
import { type Turn, draftOf, due } from "./turn.ts";

/** What a majority of all observers makes of a member: `lost` or `seen`; `blind`: it sees nobody; else `unclear`. */
export type View = "lost" | "seen" | "blind" | "unclear";

/**
 * Counts the votes on `member`. Silence is no vote, and what an observer said before its zone fell silent is none
 * either; nor is the word of an observer that sees nobody at all: it is the one that is cut off.
 */
export function viewOf(turn: Turn, member: string): View {
  const { sights } = draftOf(turn, member);
  const majority = Math.floor(turn.spec.observers.length / 2) + 1;
  let lost = 0;
  let seen = 0;
  let blind = 0;
  for (const observer of turn.spec.observers) {
    if (turn.state.unreachable.includes(observer)) continue;
    if (isBlind(turn, observer)) blind += 1;
    else if (sights[observer] === false) lost += 1;
    else if (sights[observer] === true) seen += 1;
  }
  if (blind >= majority) return "blind";
  if (lost >= majority) return "lost";
  return seen >= majority ? "seen" : "unclear";
}

function isBlind(turn: Turn, observer: string): boolean {
  return turn.spec.members.every(({ id }) => draftOf(turn, id).sights[observer] === false);
}

/**
 * Begins a failover when a majority lost sight of the primary, and calls it off when a majority sees it again in
 * time.
 */
export function detect(turn: Turn): void {
  const { state } = turn;
  const view = viewOf(turn, state.primary);
  // Observers that regain their sight see one member after the other.
  if (state.blind && view !== "blind") state.unseenUntil = turn.now + turn.spec.patienceMs;
  state.blind = view === "blind";
  if (!state.failing) {
    if (view === "seen") state.unseenUntil = 0;
    if (view === "lost" && due(turn, state.unseenUntil)) beginFailover(turn);
  } else if (state.failing.candidate === null && view === "seen") {
    resumeService(turn, "cancelled");
  }
}
