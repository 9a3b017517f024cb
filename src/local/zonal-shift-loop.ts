import { ARC } from "../facts/timing.ts";
import { type ZonalShiftSeen, type ZonalShiftState, zonalShift } from "../control/zonal-shift.ts";
import { timer } from "../topology/timing.ts";
import type { Context } from "./context.ts";
import { type RealTimeController, runInRealTime } from "./controller-world.ts";
import type { ServiceMetrics } from "./process/messages-zone.ts";

/** Reports in a row without a request after which nobody comes any more. */
const QUIET_REPORTS = 2;

interface Shifted {
  readonly service: string;
  readonly running: RealTimeController<ZonalShiftState, ZonalShiftSeen>;
  /** Zones that customers are kept away from now. */
  away: readonly string[];
  /** By zone and node, as `zone node`: reports in a row in which the node sent nothing there, or saw nothing itself. */
  readonly quiet: Map<string, number>;
  readonly emptied: Set<string>;
}

/** Where the loop says which zones a service's customers are kept away from. */
export type ShiftAway = (service: string, zones: readonly string[]) => void;

/**
 * Zonal shift of every service's balancer: the DNS leaves out the nodes of a zone, and the other zones' nodes send
 * nothing to the tasks in it. It watches whether that works: `emptied` is decided when no request has come or been sent
 * to the zone for a while, `reached-again` where one was after that.
 */
export class ZonalShiftLoop {
  readonly #context: Context;
  readonly #shiftAway: ShiftAway;
  readonly #services: readonly Shifted[];

  constructor(context: Context, services: readonly string[], shiftAway: ShiftAway) {
    this.#context = context;
    this.#shiftAway = shiftAway;
    this.#services = services.map((service) => this.#run(service));
  }

  /** Customers of every service are kept away from `zone`, for as long as a shift may last or until it is cancelled. */
  shift(zone: string): void {
    const { clock, pace } = this.#context;
    const until = clock.now() + timer(ARC.zonalShiftMax.value, pace);
    for (const each of this.#services) this.#tell(each, { kind: "shift", zone, until });
  }

  cancel(zone: string): void {
    for (const each of this.#services) this.#tell(each, { kind: "cancel", zone });
  }

  /** The DNS's health checks of a balancer node crossed their threshold. */
  seeNode(service: string, zone: string, healthy: boolean): void {
    const found = this.#services.find((each) => each.service === service);
    if (found) this.#tell(found, { kind: "node", zone, healthy });
  }

  /** What the balancer nodes of one zone saw since their last report. */
  seeMetrics(node: string, metrics: Readonly<Record<string, ServiceMetrics>>): void {
    for (const each of this.#services) {
      const sentTo = metrics[each.service]?.sentTo;
      if (!sentTo) continue;
      for (const zone of each.away) {
        const all = Object.values(sentTo).reduce((sum, requests) => sum + requests, 0);
        this.#count(each, { zone, node, requests: zone === node ? all : (sentTo[zone] ?? 0) });
      }
    }
  }

  stop(): void {
    for (const { running } of this.#services) running.stop();
  }

  #run(service: string): Shifted {
    const { clock, plan } = this.#context;
    const spec = { zones: plan.region.zones.map(({ name }) => name) };
    // A shift ends by itself too, when its time is over; the first answer comes before there is anything to tell.
    let publish = (): void => undefined;
    const running = runInRealTime({
      controller: zonalShift,
      spec,
      state: zonalShift.start(spec, clock.now()),
      clock,
      perform: () => publish(),
    });
    const shifted: Shifted = { service, running, away: [], quiet: new Map(), emptied: new Set() };
    publish = () => this.#publish(shifted);
    return shifted;
  }

  #tell(shifted: Shifted, seen: ZonalShiftSeen): void {
    shifted.running.see(seen);
    this.#publish(shifted);
  }

  /** What is shifted away from, as far as health lets it be. */
  #publish(shifted: Shifted): void {
    const { shifted: wanted, answer } = shifted.running.state();
    const before = shifted.away;
    const away = Object.keys(wanted).filter((zone) => !answer?.includes(zone));
    if (away.join() === before.join()) return;
    shifted.away = away;
    shifted.quiet.clear();
    shifted.emptied.clear();
    this.#shiftAway(shifted.service, away);
    for (const zone of away.filter((each) => !before.includes(each))) this.#decide(shifted, "shifted-away", zone);
    for (const zone of before.filter((each) => !away.includes(each))) this.#decide(shifted, "shifted-back", zone);
  }

  #count(shifted: Shifted, { zone, node, requests }: { zone: string; node: string; requests: number }): void {
    const { quiet, emptied } = shifted;
    quiet.set(`${zone} ${node}`, requests === 0 ? (quiet.get(`${zone} ${node}`) ?? 0) + 1 : 0);
    if (requests > 0 && emptied.delete(zone)) this.#decide(shifted, "reached-again", zone);
    const nodes = this.#context.plan.region.zones.map(({ name }) => name);
    const isEmpty = nodes.every((each) => (quiet.get(`${zone} ${each}`) ?? 0) >= QUIET_REPORTS);
    if (!isEmpty || emptied.has(zone)) return;
    emptied.add(zone);
    this.#decide(shifted, "emptied", zone);
  }

  #decide({ service }: Shifted, what: string, zone: string): void {
    const { clock, events } = this.#context;
    events.emit({ kind: "decision", at: clock.now(), component: service, what, subject: zone });
  }
}
