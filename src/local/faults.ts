import type { Clock } from "../base/clock.ts";
import { UserError, messageOf } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import {
  type LinkPurpose,
  type LinkRule,
  OVER_AT_ONCE,
  type Place,
  type Primitive,
  type PrimitiveKind,
} from "../world/primitive.ts";
import type { ActiveFault } from "../world/world.ts";
import type { RunCode } from "./codes.ts";
import type { Hand, Hands } from "./hand/hand.ts";

/** What faults are made with. */
export interface FaultSurface {
  /** What is in a region, as link rules name it: its zones, and its own name for what stands beside them. */
  placesIn(region: string): readonly string[];
  readonly clock: Clock;
  /** Puts exactly these rules in force, in every process that holds links. */
  applyRules(rules: readonly LinkRule[]): Promise<void>;
  readonly hands: Hands;
  /** A deposed primary may still be alive. */
  fencePending(): boolean;
  /** Ends what works in regions that are fenced and can be commanded now; resolves when it has ended. */
  fenceRegions(): Promise<void>;
}

/** How long a heal waits for a deposed primary to be fenced before traffic may reach it anyway. */
const FENCE_WITHIN_MS: Ms = 3_000;

interface Injected extends ActiveFault {
  readonly primitives: readonly Primitive[];
}

/** The faults in force on a system, and their healing. */
export class Faults {
  readonly #surface: FaultSurface;
  readonly #injected = new Map<string, Injected>();
  #nextId = 1;

  constructor(surface: FaultSurface) {
    this.#surface = surface;
  }

  /** What can be healed. A kill is over in the moment that it is made; it can be healed too, to no effect. */
  active(): ActiveFault[] {
    const lasting = [...this.#injected.values()].filter(({ primitives }) =>
      primitives.some(({ kind }) => !OVER_AT_ONCE.includes(kind)),
    );
    return lasting.map(({ id, name, target, since }) => ({ id, name, target, since }));
  }

  /** All link rules in force. A zone without power is a black hole from and to everywhere. */
  rules(): LinkRule[] {
    return [...this.#injected.values()].flatMap(({ primitives }) => this.#rulesOf(primitives));
  }

  #rulesOf(primitives: readonly Primitive[]): LinkRule[] {
    return primitives.flatMap(rulesOf).flatMap((rule) => inPlaces(rule, (region) => this.#surface.placesIn(region)));
  }

  /** Links first, then what is killed: bytes in flight must not get out of a zone that loses power. */
  async inject(fault: { name: string; target: string | null; primitives: readonly Primitive[] }): Promise<string> {
    const { clock } = this.#surface;
    const id = `${fault.name}-${this.#nextId++}`;
    const injected: Injected = { ...fault, id, since: clock.now() };
    this.#injected.set(id, injected);
    const done: Primitive[] = [];
    try {
      if (fault.primitives.some((primitive) => rulesOf(primitive).length > 0)) {
        await this.#surface.applyRules(this.rules());
      }
      for (const primitive of fault.primitives) {
        await this.#hand(primitive).do(primitive, id);
        done.push(primitive);
      }
    } catch (error) {
      this.#injected.delete(id);
      await this.#surface.applyRules(this.rules());
      for (const primitive of done.reverse()) await this.#hand(primitive).undo(primitive, id);
      throw error;
    }
    return id;
  }

  /** What cannot be done on this machine, with the reason. What is `needed` is made ready. */
  async limits(needed: readonly PrimitiveKind[] = []): Promise<Partial<Record<PrimitiveKind, string>>> {
    const asked = Object.entries(this.#surface.hands).map(async ([kind, hand]) => {
      const why = await hand.limit?.();
      if (why || !needed.includes(kind as PrimitiveKind)) return [kind, why] as const; // the keys are kinds
      return [kind, await hand.prepare?.().then(() => null, messageOf)] as const;
    });
    const limited = (await Promise.all(asked)).flatMap(([kind, why]) => (why ? [[kind, why] as const] : []));
    return Object.fromEntries(limited);
  }

  /**
   * First what was paused, so that nobody can kill it in its sleep; then the way for commands, so that a deposed
   * primary is fenced; then the rest of the links, and power. Unknown ids reject with RUN-008.
   */
  async heal(id: string): Promise<void> {
    const fault = this.#injected.get(id);
    if (!fault) {
      const known = [...this.#injected.keys()].join(", ") || "none";
      throw new UserError({
        code: "RUN-008" satisfies RunCode,
        message: `no fault "${id}" is in force (in force: ${known})`,
        fix: "name one of these, or leave it out to heal all",
      });
    }
    const [paused, others] = [fault.primitives.filter(isPause), fault.primitives.filter((each) => !isPause(each))];
    for (const primitive of paused) await this.#hand(primitive).undo(primitive, id);
    this.#injected.delete(id);
    const rest = this.rules();
    const before = this.#rulesOf(fault.primitives.filter((primitive) => primitive.kind === "link"));
    if (before.length > 0) {
      await this.#surface.applyRules([...rest, ...before.map(withoutCommands)]);
      await this.#surface.fenceRegions();
      await this.#fenced();
    }
    await this.#surface.applyRules(rest);
    for (const primitive of others) await this.#hand(primitive).undo(primitive, id);
  }

  #hand(primitive: Primitive): Hand<PrimitiveKind> {
    return this.#surface.hands[primitive.kind] as Hand<PrimitiveKind>; // each hand is under the kind that it takes
  }

  async #fenced(): Promise<void> {
    const { clock } = this.#surface;
    const deadline = clock.now() + FENCE_WITHIN_MS;
    while (this.#surface.fencePending() && clock.now() < deadline) await clock.sleep(20);
  }
}

function isPause({ kind }: Primitive): boolean {
  return kind === "pause";
}

function rulesOf(primitive: Primitive): LinkRule[] {
  if (primitive.kind === "link") return [primitive.rule];
  if (primitive.kind !== "power-off" && primitive.kind !== "region-power-off") return [];
  const effect = { kind: "black-hole" } as const;
  const dark = primitive.kind === "power-off" ? { zone: primitive.zone } : { region: primitive.region };
  return [
    { from: dark, to: {}, effect },
    { from: {}, to: dark, effect },
  ];
}

/** A rule about regions as rules about the places in them: those are what links know of each other. */
function inPlaces(rule: LinkRule, placesIn: (region: string) => readonly string[]): LinkRule[] {
  const each = ({ region, ...place }: Place): Place[] =>
    region === undefined ? [place] : placesIn(region).map((zone) => ({ ...place, zone }));
  return each(rule.from).flatMap((from) => each(rule.to).map((to) => ({ ...rule, from, to })));
}

/** The same rule, but open for commands and observers. */
function withoutCommands(rule: LinkRule): LinkRule {
  const all: readonly LinkPurpose[] = rule.purposes ?? ["client", "replication", "observe", "control"];
  return { ...rule, purposes: all.filter((purpose) => purpose === "client" || purpose === "replication") };
}
