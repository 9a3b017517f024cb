import type { FailoverSeen, LogPosition, MemberAct } from "../../control/failover/language.ts";
import type { Branch } from "../history.ts";
import { type Copy, positionOf } from "./copy.ts";
import { type ReplicationSetting, hasDiverged, receive } from "./replication.ts";

/** How an act ended. */
export interface ActEnd {
  readonly ok: boolean;
  readonly position?: LogPosition;
  readonly diverged?: boolean;
}

/** What a deliberately wrong engine does, so that the checker is seen to notice. */
export type PlantedBug =
  /** A held copy says how far it reaches, and receives on. */
  | "asks-without-holding"
  /** A copy that restarted tells what it received since, which falls back to the beginning of a segment. */
  | "compares-received-alone"
  /** A held copy that restarts receives again from whom it did before. */
  | "forgets-hold"
  /** What was asked for long ago takes effect after what was asked for since. */
  | "obeys-late-commands";

/** What commands need of their surroundings. */
export interface CommandSetting extends ReplicationSetting {
  /** Ends a process, and tells its zone's agent. */
  readonly kill: (copy: Copy) => void;
  readonly bug?: PlantedBug | undefined;
}

const SEGMENT = 16;
const FAILED: ActEnd = { ok: false };
const DONE: ActEnd = { ok: true };

/** Makes `act` take effect on `copy`, now. What takes time after that is told by `end`. */
export function command(setting: CommandSetting, act: MemberAct, copy: Copy, end: (end: ActEnd) => void): void {
  copy.lastAct = act.id;
  switch (act.kind) {
    case "start":
      return end(start(setting, act, copy));
    case "hold":
      return end(hold(setting, copy));
    case "promote":
      return end(promote(setting, act, copy));
    case "follow":
      return follow(setting, act, copy, end);
    case "reseed":
      return reseed(setting, act, copy, end);
    case "fence":
      setting.kill(copy);
      return end(DONE);
  }
}

function start(setting: CommandSetting, { as }: MemberAct & { kind: "start" }, copy: Copy): ActEnd {
  if (as.role === "primary" && as.initial && !copy.log) {
    copy.log = { branch: { timeline: 1, from: null }, offset: 0 };
    copy.timelines = 1;
  }
  if (!copy.log) return { ok: false, diverged: true };
  const source = as.role === "standby" ? as.primary : null;
  const sameRole = as.role === "primary" ? copy.role === "primary" : copy.role === "standby" && copy.source === source;
  if (copy.process !== "stopped" && sameRole) return DONE;
  if (copy.process !== "stopped") setting.kill(copy);
  copy.process = "running";
  copy.role = as.role === "primary" ? "primary" : "standby";
  if (setting.bug !== "forgets-hold" || as.role !== "held") copy.source = source;
  copy.received = false;
  if (as.role === "primary") serve(copy, as.standbys);
  else receive(setting, copy);
  return DONE;
}

function serve(copy: Copy, standbys: readonly string[]): void {
  copy.life += 1;
  copy.role = "primary";
  copy.source = null;
  copy.stream = null;
  copy.standbys = standbys;
  copy.flushed = new Map();
  copy.acknowledged = 0;
}

function hold(setting: CommandSetting, copy: Copy): ActEnd {
  if (copy.role === "primary") return FAILED;
  if (setting.bug !== "asks-without-holding") copy.stream = null;
  const forgets = setting.bug === "forgets-hold" || setting.bug === "asks-without-holding";
  if (!forgets) copy.source = null;
  const position = positionOf(copy);
  if (!position) return FAILED;
  if (setting.bug !== "compares-received-alone" || copy.received) return { ok: true, position };
  return { ok: true, position: { ...position, offset: position.offset - (position.offset % SEGMENT) } };
}

function promote(setting: CommandSetting, act: MemberAct & { kind: "promote" }, copy: Copy): ActEnd {
  if (!copy.log) return FAILED;
  if (copy.role === "primary") return DONE;
  setting.ledger.mustHold(copy);
  const branch: Branch = { timeline: copy.timelines + 1, from: copy.log };
  serve(copy, act.standbys);
  copy.log = { branch, offset: copy.log.offset };
  copy.timelines = branch.timeline;
  return DONE;
}

function follow(
  setting: CommandSetting,
  act: MemberAct & { kind: "follow" },
  copy: Copy,
  end: (end: ActEnd) => void,
): void {
  const primary = setting.copies.get(act.primary);
  if (copy.role === "primary" || !primary) return end(FAILED);
  copy.source = act.primary;
  copy.stream = null;
  receive(setting, copy);
  setting.time.after(50 + 300 * setting.random.next(), () => {
    if (copy.stream) return end(DONE);
    const isUp = primary.process === "running" && primary.role === "primary";
    end(isUp && hasDiverged(copy, primary) ? { ok: false, diverged: true } : FAILED);
  });
}

/** The old disk is gone from the first moment on, the new one whole at the last. */
function reseed(
  setting: CommandSetting,
  act: MemberAct & { kind: "reseed" },
  copy: Copy,
  end: (end: ActEnd) => void,
): void {
  const primary = setting.copies.get(act.primary);
  setting.kill(copy);
  copy.log = null;
  copy.role = "standby";
  const { life } = copy;
  setting.time.after(300 + 1_500 * setting.random.next(), () => {
    const linked =
      primary && setting.network.passes(primary.zone, copy.zone) && setting.network.passes(copy.zone, primary.zone);
    if (!linked || primary.process !== "running" || primary.role !== "primary" || copy.life !== life)
      return end(FAILED);
    if (copy.lastAct !== act.id) return end(FAILED);
    copy.log = primary.log;
    copy.timelines = primary.timelines;
    copy.source = primary.id;
    copy.received = true;
    copy.process = "running";
    receive(setting, copy);
    end(DONE);
  });
}

/** The end as the controller hears it. */
export function doneOf(id: number, end: ActEnd): FailoverSeen {
  return { kind: "done", id, ...end };
}
