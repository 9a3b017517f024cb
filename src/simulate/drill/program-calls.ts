import type { Random } from "../../base/random.ts";
import type { Ms } from "../../base/units.ts";
import { PROGRAM } from "../../facts/machine.ts";
import { type AssumedCalls, callsOf } from "../../topology/assumption.ts";
import { type CacheComponent, type DatabaseComponent, type Topology, componentsOf } from "../../topology/topology.ts";
import { QUEUE_SERVICE } from "../../world/primitive.ts";
import type { Answer } from "./customers.ts";
import type { RequestNeeds } from "./journey-needs.ts";
import type { MemberView } from "./member-set.ts";
import type { Way } from "./network.ts";
import { type SceneView, viewAt } from "./scene.ts";

/** What the calls of programs rest on. */
export interface ProgramSetup {
  readonly topology: Topology;
  readonly history: readonly SceneView[];
  readonly writesPerSecond: number;
  readonly random: Random;
}

/** A program somewhere, and what a request asks it for. */
export interface Asked {
  readonly task: string;
  readonly zone: string;
  readonly at: Ms;
  readonly needs: RequestNeeds;
}

/** An isolated cache goes on taking writes until it misses its replicas. */
const MISSES_REPLICAS_AFTER_MS: Ms = 1_000;

/** Somebody says no at once. */
const AT_ONCE_MS: Ms = 2;

/** Something that a program calls. */
interface Callee {
  readonly kind: "queue" | "writer" | "reader";
  readonly id: string;
}

interface Breaker {
  failures: number;
  openUntil: Ms;
}

/** The programs of tasks: how patient they are with what they call, and when they stop calling. */
export class Programs {
  readonly #setup: ProgramSetup;
  readonly #breakers = new Map<string, Breaker>();
  readonly #callees = new Map<RequestNeeds, readonly Callee[]>();
  /** By task and database: the copy that it is connected to. */
  readonly #connected = new Map<string, string>();
  readonly #calls: AssumedCalls;
  readonly #region: string;
  readonly #replicated: readonly (DatabaseComponent | CacheComponent)[];

  constructor(setup: ProgramSetup) {
    const { topology } = setup;
    this.#setup = setup;
    this.#calls = callsOf(topology);
    this.#region = topology.regions.find(({ role }) => role === "primary")?.name ?? "";
    this.#replicated = [...componentsOf(topology, "database"), ...componentsOf(topology, "cache")];
  }

  /** What a program makes of a request: all that it needs, one after the other. */
  answer({ task, zone, at, needs }: Asked): Answer {
    const { breakAfter, breakForMs } = this.#calls;
    let tookMs: Ms = 0;
    for (const callee of this.#calleesOf(needs)) {
      const key = `${task} ${callee.kind} ${callee.id}`;
      const breaker = this.#breakers.get(key) ?? { failures: 0, openUntil: Number.NEGATIVE_INFINITY };
      this.#breakers.set(key, breaker);
      if (at < breaker.openUntil) return { ok: false, tookMs: tookMs + AT_ONCE_MS };
      const call = this.#call(callee, { task, zone, at: at + tookMs });
      tookMs += call.tookMs;
      breaker.failures = call.ok ? 0 : breaker.failures + 1;
      if (breaker.failures >= breakAfter && breakForMs > 0) breaker.openUntil = at + tookMs + breakForMs;
      if (!call.ok) return { ok: false, tookMs };
    }
    return { ok: true, tookMs };
  }

  /** Whether a task in this zone reaches all that a service uses, at the present moment of the scene. */
  reachesAll(service: string, zone: string, at: Ms): boolean {
    const { topology } = this.#setup;
    const uses = componentsOf(topology, "service").find(({ id }) => id === service)?.settings.uses ?? [];
    const isOpen = (way: Way): boolean => way.kind === "open" && way.delayMs < this.#calls.timeoutMs;
    const queues = componentsOf(topology, "queue").filter(({ id }) => uses.includes(id));
    const sets = this.#replicated.filter(({ id }) => uses.includes(id));
    return (
      queues.every(({ id }) => isOpen(this.#queue(zone, id, at))) &&
      sets.every(({ id, kind }) =>
        isOpen(kind === "database" ? this.#reader(zone, { zone, component: id, at }) : this.#writer(zone, id, at)),
      )
    );
  }

  #calleesOf(needs: RequestNeeds): readonly Callee[] {
    const known = this.#callees.get(needs) ?? [
      ...needs.queues.map((id) => ({ kind: "queue", id }) as const),
      ...needs.writers.map((id) => ({ kind: "writer", id }) as const),
      ...needs.readers.map((id) => ({ kind: "reader", id }) as const),
    ];
    this.#callees.set(needs, known);
    return known;
  }

  #call(callee: Callee, { task, zone, at }: Omit<Asked, "needs">): Answer {
    const { timeoutMs, attempts } = this.#calls;
    let tookMs: Ms = 0;
    for (let call = 1; ; call += 1) {
      const way = this.#wayTo(callee, { task, zone, at: at + tookMs });
      if (way.kind === "open" && way.delayMs < timeoutMs) return { ok: true, tookMs: tookMs + way.delayMs };
      tookMs += way.kind === "refuses" ? AT_ONCE_MS : timeoutMs;
      if (call === attempts) return { ok: false, tookMs };
      tookMs += PROGRAM.pauseMs * this.#setup.random.next();
    }
  }

  #wayTo({ kind, id }: Callee, { task, zone, at }: Omit<Asked, "needs">): Way {
    switch (kind) {
      case "queue":
        return this.#queue(zone, id, at);
      case "writer":
        return this.#writer(zone, id, at);
      case "reader":
        return this.#reader(task, { zone, component: id, at });
    }
  }

  #queue(zone: string, queue: string, at: Ms): Way {
    const { history, writesPerSecond, random } = this.#setup;
    const { network, queueFaults } = viewAt(history, at);
    const way = network.way(zone, { zone: this.#region, component: QUEUE_SERVICE, instance: null }, "client");
    const effect = queueFaults.get(queue);
    if (way.kind !== "open" || effect === undefined) return way;
    switch (effect.kind) {
      case "unavailable":
        return { kind: "refuses" };
      case "slow":
        return { kind: "open", delayMs: way.delayMs + effect.delayMs };
      case "throttle":
        // Producers and consumers compete for it: each message is sent, received and deleted.
        return random.next() * 3 * writesPerSecond < effect.callsPerSecond ? way : { kind: "refuses" };
    }
  }

  /** The way to the member that the writer's endpoint leads to, as far as that takes writes. */
  #writer(zone: string, component: string, at: Ms): Way {
    const { history } = this.#setup;
    const view = viewAt(history, at);
    const set = view.sets.get(component);
    const writer = set?.members.find(({ id }) => id === set.writer);
    if (!set || !writer) return { kind: "refuses" };
    const way = wayTo(view, zone, component, writer);
    if (way.kind !== "open") return way;
    if (!writer.isPrimary) return { kind: "refuses" };
    const of = this.#replicated.find(({ id }) => id === component);
    if (of?.kind === "cache") {
      const before = viewAt(history, at - MISSES_REPLICAS_AFTER_MS);
      const isAlone = [view, before].every(
        (each) => copiesOf(each, component, writer).length < of.settings.minReplicasToWrite,
      );
      return isAlone ? { kind: "refuses" } : way;
    }
    const copies = copiesOf(view, component, writer);
    if (copies.length < (of?.settings.synchronousStandbys ?? 0)) return { kind: "hangs" };
    const nearest = Math.min(...copies.map(({ delayMs }) => delayMs));
    return { kind: "open", delayMs: way.delayMs + (copies.length > 0 ? nearest : 0) };
  }

  /** The way to the copy that whoever asks is connected to; where it is of no use, the next call is made to another. */
  #reader(asker: string, { zone, component, at }: { zone: string; component: string; at: Ms }): Way {
    const { history, random } = this.#setup;
    const view = viewAt(history, at);
    const set = view.sets.get(component);
    if (!set) return { kind: "refuses" };
    const ids = set.readers.length > 0 ? set.readers : [set.writer];
    const key = `${asker} ${component}`;
    const known = this.#connected.get(key);
    const id = known !== undefined && ids.includes(known) ? known : random.pick(ids);
    const member = set.members.find((each) => each.id === id);
    const way: Way = member ? wayTo(view, zone, component, member) : { kind: "refuses" };
    const others = ids.filter((each) => each !== id);
    const isGood = way.kind === "open" && way.delayMs < this.#calls.timeoutMs;
    this.#connected.set(key, isGood || others.length === 0 ? id : random.pick(others));
    return way;
  }
}

function wayTo(view: SceneView, zone: string, component: string, member: MemberView): Way {
  const end = { zone: member.zone, component, instance: member.id };
  const way = view.network.way(zone, end, "client");
  if (way.kind !== "open" || member.process === "up") return way;
  return { kind: member.process === "hung" ? "hangs" : "refuses" };
}

/** Copies that receive what this primary writes, each with how much later. A deposed primary receives nothing. */
function copiesOf(view: SceneView, component: string, primary: MemberView): readonly { readonly delayMs: Ms }[] {
  const others = view.sets.get(component)?.members.filter(({ id }) => id !== primary.id) ?? [];
  return others.flatMap((member) => {
    const end = { zone: primary.zone, component, instance: primary.id };
    const way = view.network.way(member.zone, end, "replication");
    const receives = member.process === "up" && !member.isPrimary && way.kind === "open";
    return receives ? [{ delayMs: way.delayMs }] : [];
  });
}
