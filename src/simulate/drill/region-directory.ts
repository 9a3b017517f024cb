import type { Ms } from "../../base/units.ts";
import type { Random } from "../../base/random.ts";
import { DNS_VANTAGE_POINTS, isHealthyByDns } from "../../topology/region-spec.ts";
import type { ProbeSpec } from "../../topology/spec.ts";
import { type Answer, Watch } from "../system/watch.ts";
import type { VirtualTime } from "../virtual-time.ts";

/** What the names of a system rest on. */
export interface DirectorySetup {
  readonly time: VirtualTime;
  readonly regions: readonly string[];
  /** `failover`: to the first region that is well; `latency`: to the one near the customer. */
  readonly policy: "failover" | "latency";
  readonly probe: ProbeSpec;
  readonly ttlMs: Ms;
  readonly demand: Demand;
  readonly random: Random;
  /** How the balancer nodes of a region answer a health check, and how an edge location does. */
  readonly findNodes: (region: string) => Answer;
  readonly findEdge: (near: string) => Answer;
  /** New answers lead customers near some region elsewhere. */
  onShift(): void;
  /** Somebody who asks once a TTL is given another answer than before. */
  onChange(): void;
}

/** Who asks for names, as customers near a region have them: their edge location for services, they for the edge. */
interface Asker {
  readonly name: "service" | "edge";
  readonly near: string;
  answer: string;
  /** How often somebody needs the answer, in a millisecond. */
  readonly perMs: number;
}

/** How often customers near one region need an answer, in a millisecond. */
export interface Demand {
  readonly edgePerMs: number;
  readonly servicePerMs: number;
}

const EDGE = "edge/";

/**
 * The names of a system over regions: health checks from several points, what they lead to, and those who ask once a
 * TTL. See `Directory` of the local world, which is the same with servers and sockets.
 */
export class RegionDirectory {
  readonly #setup: DirectorySetup;
  readonly #watch: Watch;
  /** By target: which points find it well. */
  readonly #views = new Map<string, Map<string, boolean>>();
  readonly #askers: readonly Asker[];
  #away: readonly string[] = [];
  #led: readonly string[];

  constructor(setup: DirectorySetup) {
    const { time, regions, probe, demand, random, findNodes, findEdge } = setup;
    this.#setup = setup;
    const first = random.next();
    const points = Array.from({ length: DNS_VANTAGE_POINTS }, (_, at) => `${at}`);
    for (const target of regions.flatMap((region) => [region, `${EDGE}${region}`])) {
      this.#views.set(target, new Map(points.map((point) => [point, true])));
    }
    this.#watch = new Watch({
      time,
      probe,
      // They take turns, evenly over an interval.
      phaseOf: (point) => (first + Number(point) / DNS_VANTAGE_POINTS) % 1,
      find: (_, target) => (target.startsWith(EDGE) ? findEdge(target.slice(EDGE.length)) : findNodes(target)),
      tell: (point, target, healthy) => {
        this.#views.get(target)?.set(point, healthy);
        this.#look();
      },
    });
    this.#askers = regions.flatMap((near) => [
      { name: "service", near, answer: this.#leadsTo(near), perMs: demand.servicePerMs } as const,
      { name: "edge", near, answer: near, perMs: demand.edgePerMs } as const,
    ]);
    this.#led = regions.map((near) => this.#leadsTo(near));
  }

  /** From now on customers near a region come, and names are looked up. */
  begin(near: string): void {
    for (const asker of this.#askers) if (asker.near === near) this.#ask(asker);
  }

  /** The region that an edge location near `near` sends those to who come for a service. */
  servedFrom(near: string): string {
    return this.#answerOf("service", near);
  }

  /** The edge location that customers near `near` come to. */
  edgeOf(near: string): string {
    return this.#answerOf("edge", near);
  }

  /** Keeps customers away from exactly these regions. */
  keepAwayFrom(regions: readonly string[]): void {
    this.#away = regions;
    this.#look();
  }

  /** What health checks find may have changed. */
  look(): void {
    for (const [target, points] of this.#views) for (const point of points.keys()) this.#watch.look(point, target);
  }

  #answerOf(name: Asker["name"], near: string): string {
    return this.#askers.find((asker) => asker.name === name && asker.near === near)?.answer ?? near;
  }

  /** Somebody needs the answer, which is then known until its TTL has passed; the next who needs it then asks again. */
  #ask(asker: Asker): void {
    const { time, ttlMs, random, onChange } = this.#setup;
    const answer = asker.name === "edge" ? this.#edgeFor(asker.near) : this.#leadsTo(asker.near);
    if (answer !== asker.answer) {
      asker.answer = answer;
      onChange();
    }
    if (asker.perMs > 0) time.after(ttlMs + random.exponential(1 / asker.perMs), () => this.#ask(asker));
  }

  #look(): void {
    const led = this.#setup.regions.map((near) => this.#leadsTo(near));
    if (led.join() === this.#led.join()) return;
    this.#led = led;
    this.#setup.onShift();
  }

  #isWell(target: string): boolean {
    return isHealthyByDns([...(this.#views.get(target)?.values() ?? [])]);
  }

  /** Where none is well, all are taken for well. */
  #leadsTo(near: string): string {
    const { regions, policy } = this.#setup;
    const order = policy === "latency" ? [near, ...regions.filter((region) => region !== near)] : regions;
    return order.find((region) => this.#isWell(region) && !this.#away.includes(region)) ?? order[0] ?? near;
  }

  #edgeFor(near: string): string {
    const order = [near, ...this.#setup.regions.filter((region) => region !== near)];
    return order.find((region) => this.#isWell(`${EDGE}${region}`)) ?? near;
  }
}
