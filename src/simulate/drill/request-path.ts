import type { Action } from "../../base/journal.ts";
import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { MACHINE } from "../../facts/machine.ts";
import { type Pace, timeout } from "../../topology/timing.ts";
import { type Journey, type Topology, componentsOf } from "../../topology/topology.ts";
import { OUTSIDE } from "../../world/primitive.ts";
import { drawTime } from "../system/spread.ts";
import type { Answer, AttemptAt } from "./customers.ts";
import { type RequestNeeds, needsOf } from "./journey-needs.ts";
import { Programs } from "./program-calls.ts";
import { type SceneView, viewAt } from "./scene.ts";
import type { TaskView } from "./task-pool.ts";

/** A connection to a target takes the balancer so long until it gives up. */
const CONNECT_MS: Ms = 1_000;
/** Somebody says no at once. */
const AT_ONCE_MS: Ms = 3;
/** Connections that the edge keeps to each node: what is sent on them is on its way when nobody is there any more. */
const KEPT_CONNECTIONS = 4;

/** What the ways of requests rest on. */
export interface PathSetup {
  readonly topology: Topology;
  readonly pace: Pace;
  readonly history: readonly SceneView[];
  /** Writes to queues in a second, as customers make them while all is well. */
  readonly writesPerSecond: number;
  readonly random: Random;
}

/** How a request fares on its way: from the edge to a balancer node, a task, and what the task's program calls. */
export class RequestPath {
  readonly #setup: PathSetup;
  readonly #programs: Programs;
  readonly #connectMs: Ms;
  readonly #responseMs: Ms;
  readonly #kept = new Map<string, number>();
  /** By node and task: until when a request is under way that nobody answers. */
  readonly #busyUntil = new Map<string, Ms>();
  readonly #needs: Readonly<Record<Action, Map<Journey, RequestNeeds>>> = { read: new Map(), write: new Map() };
  #turn = 0;

  constructor(setup: PathSetup) {
    const { topology, pace, random } = setup;
    const { connectionTimeoutMs, connectionAttempts, responseTimeoutMs } = componentsOf(topology, "edge")[0]!.settings
      .origin; // who asks has seen that there is an edge
    this.#setup = setup;
    this.#programs = new Programs(setup);
    this.#connectMs = connectionAttempts * timeout(connectionTimeoutMs, pace);
    this.#responseMs = timeout(responseTimeoutMs, pace);
    this.#turn = random.int(100);
  }

  /** Attempts are told in the order in which they are sent. */
  attempt({ journey, action, at, customer }: AttemptAt): Answer {
    const needs = this.#needsOf(journey, action);
    const own = drawTime(MACHINE.request.value, this.#setup.random);
    const view = viewAt(this.#setup.history, at);
    if (needs.service === null) return { ok: true, tookMs: own };
    const machines = view.known.get(needs.service) ?? [];
    const known = machines[customer % machines.length] ?? [];
    this.#turn += 1;
    const order = known.map((_, index) => known[(index + this.#turn) % known.length]!); // within its length
    let tookMs: Ms = 0;
    for (const zone of order) {
      const { kind } = view.network.way(OUTSIDE, { zone, component: needs.service, instance: null }, "client");
      const kept = this.#kept.get(zone) ?? KEPT_CONNECTIONS;
      if (kind === "refuses" || (kind === "hangs" && kept === 0)) {
        tookMs += kind === "hangs" ? this.#connectMs : AT_ONCE_MS;
        continue;
      }
      if (kind === "hangs") this.#kept.set(zone, kept - 1);
      const answer = kind === "hangs" ? null : this.#atNode(view, { zone, at: at + tookMs, needs });
      if (answer !== null && answer.tookMs < this.#responseMs)
        return { ...answer, tookMs: tookMs + own + answer.tookMs };
      tookMs += this.#responseMs;
      if (action === "write") break; // nobody knows what became of it there
    }
    return { ok: false, tookMs };
  }

  #needsOf(journey: Journey, action: Action): RequestNeeds {
    const known = this.#needs[action].get(journey) ?? needsOf(this.#setup.topology, journey, action);
    this.#needs[action].set(journey, known);
    return known;
  }

  /** Null: nothing comes back. */
  #atNode(view: SceneView, sent: { zone: string; at: Ms; needs: RequestNeeds }): Answer | null {
    const { zone, at, needs } = sent;
    const service = needs.service ?? "";
    const task = this.#pick(view, { zone, at, service });
    if (task === null) return { ok: false, tookMs: AT_ONCE_MS };
    const way = view.network.way(zone, { zone: task.zone, component: service, instance: task.id }, "client");
    if (way.kind === "hangs" || task.process === "hung") {
      this.#busyUntil.set(`${zone} ${task.id}`, at + Math.min(CONNECT_MS, this.#responseMs));
      return null;
    }
    if (way.kind === "refuses" || task.process === "down" || !task.serves) return { ok: false, tookMs: AT_ONCE_MS };
    const answer = this.#programs.answer({ task: task.id, zone: task.zone, at, needs });
    return { ...answer, tookMs: answer.tookMs + way.delayMs };
  }

  /** As the balancer does: of those that are well, the one with the least under way, by lot. */
  #pick(view: SceneView, { zone, at, service }: { zone: string; at: Ms; service: string }): TaskView | null {
    const all = view.pools.get(service) ?? [];
    const rankOf = ({ trust, zone: own }: TaskView): number =>
      trust[zone] === true ? (own !== zone && view.zonesAway.has(own) ? 1 : 0) : trust[zone] === false ? 2 : 3;
    const best = Math.min(...all.map(rankOf));
    const targets = all.filter((task) => rankOf(task) === best);
    const idle = targets.filter(({ id }) => (this.#busyUntil.get(`${zone} ${id}`) ?? 0) <= at);
    const choice = idle.length > 0 ? idle : targets;
    return choice.length === 0 ? null : this.#setup.random.pick(choice);
  }
}
