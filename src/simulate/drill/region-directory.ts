import type { Ms } from "../../base/units.ts";
import type { Random } from "../../base/random.ts";
import { DNS_ASKERS, DNS_VANTAGE_POINTS, isHealthyByDns } from "../../topology/region-spec.ts";
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
  /** Somebody may be given another answer than before. */
  onChange(): void;
}

/** Who asks once a TTL: a machine of the edge location near a region for services, a provider there for the edge. */
interface Asker {
  readonly name: "service" | "edge";
  readonly near: string;
  /** Null where it is not known: whoever needs it next asks, and is given what is so then. */
  answer: string | null;
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
    const several = (count: number, each: (share: number) => Asker): Asker[] =>
      Array.from({ length: count }, () => each(1 / count));
    this.#askers = regions.flatMap((near) => [
      ...several(DNS_ASKERS.edgeMachines, (share): Asker => {
        return { name: "service", near, answer: null, perMs: demand.servicePerMs * share };
      }),
      ...several(DNS_ASKERS.providers, (share): Asker => {
        return { name: "edge", near, answer: null, perMs: demand.edgePerMs * share };
      }),
    ]);
    this.#led = regions.map((near) => this.#leadsTo(near));
  }

  /** From now on customers come, and names are looked up as they are needed. */
  begin(): void {
    for (const asker of this.#askers) this.#askWhenNeeded(asker);
  }

  /** The region that each machine of the edge location near `near` sends those to who come for a service. */
  servedFrom(near: string): readonly string[] {
    return this.#answersOf("service", near);
  }

  /** The edge location that the customers of each provider near `near` come to. */
  edgesOf(near: string): readonly string[] {
    return this.#answersOf("edge", near);
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

  #answersOf(name: Asker["name"], near: string): readonly string[] {
    const own = this.#askers.filter((asker) => asker.name === name && asker.near === near);
    return own.map((asker) => asker.answer ?? this.#answerFor(asker));
  }

  #answerFor({ name, near }: Asker): string {
    return name === "edge" ? this.#edgeFor(near) : this.#leadsTo(near);
  }

  /** The next who needs the answer asks for it, and then it is known until its TTL has passed. */
  #askWhenNeeded(asker: Asker): void {
    const { time, random } = this.#setup;
    if (asker.perMs > 0) time.after(random.exponential(1 / asker.perMs), () => this.#ask(asker));
  }

  #ask(asker: Asker): void {
    const { time, ttlMs, onChange } = this.#setup;
    asker.answer = this.#answerFor(asker);
    time.after(ttlMs, () => {
      const isNews = asker.answer !== this.#answerFor(asker);
      asker.answer = null;
      if (isNews) onChange();
      // Machines ask again by themselves, as somebody always waits at one that is as busy as real ones are.
      if (asker.name === "service") this.#ask(asker);
      else this.#askWhenNeeded(asker);
    });
  }

  #look(): void {
    const led = this.#setup.regions.map((near) => this.#leadsTo(near));
    if (led.join() !== this.#led.join()) {
      this.#led = led;
      this.#setup.onShift();
    }
    this.#setup.onChange();
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
