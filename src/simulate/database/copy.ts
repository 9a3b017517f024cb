import type { LogPosition } from "../../control/failover/language.ts";
import type { Position } from "../history.ts";

/** One member of a replicated database: its disk and its process. */
export interface Copy {
  readonly id: string;
  readonly zone: string;
  process: "stopped" | "running" | "paused";
  /** On disk: how it starts. */
  role: "primary" | "standby";
  /** On disk: from whom it receives; null: from nobody, it is held. */
  source: string | null;
  /** On disk: the standbys that can acknowledge for it. */
  standbys: readonly string[];
  /** What its disk holds; null: no use. */
  log: Position | null;
  /** The highest timeline number that it knows of. */
  timelines: number;
  /** The number of the last act that took effect here; earlier ones are refused. */
  lastAct: number;
  /** Grows whenever what goes on here is broken off: the process ends, or its disk is replaced. */
  life: number;
  /** The stream from its source, while there is one. */
  stream: Stream | null;
  /** What arrived while it was paused. */
  inbox: (() => void)[];
  /** It received something since it started: what a copy says it received is right only then. */
  received: boolean;
  /** As a primary: how far each standby said that it has flushed, and how far this one has acknowledged. */
  flushed: Map<string, number>;
  acknowledged: number;
}

/** A standby's connection to its source. */
export interface Stream {
  readonly from: Copy;
  /** The life of the source in which it began. */
  readonly life: number;
  sending: boolean;
}

/** A copy that has neither a disk nor a process. */
export function emptyCopy(id: string, zone: string): Copy {
  return {
    id,
    zone,
    process: "stopped",
    role: "standby",
    source: null,
    standbys: [],
    log: null,
    timelines: 0,
    lastAct: 0,
    life: 0,
    stream: null,
    inbox: [],
    received: false,
    flushed: new Map(),
    acknowledged: 0,
  };
}

/** Ends the process, at once. The disk stays. */
export function stopProcess(copy: Copy): void {
  copy.process = "stopped";
  copy.life += 1;
  copy.stream = null;
  copy.inbox = [];
}

/** Whether `standby` could acknowledge for `primary`, now or once what is paused goes on. */
export function isAttached(standby: Copy, primary: Copy): boolean {
  return standby.process !== "stopped" && standby.stream?.from === primary && standby.stream.life === primary.life;
}

/** Runs `arrive` now, or when the paused process goes on; never if it ended meanwhile. */
export function deliver(copy: Copy, arrive: () => void): void {
  if (copy.process === "paused") copy.inbox.push(arrive);
  else if (copy.process === "running") arrive();
}

/** What it answers when asked how far it reaches; null where its disk is no use. */
export function positionOf(copy: Copy): LogPosition | null {
  return copy.log && { timeline: copy.log.branch.timeline, offset: copy.log.offset };
}
