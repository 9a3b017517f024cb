import type { Clock } from "../../base/clock.ts";
import type { LinkPurpose, LinkRule } from "../../world/primitive.ts";
import type { Trap } from "../process/messages-zone.ts";
import { Gate, type GateOptions } from "./gate.ts";
import { Link, type LinkOptions } from "./link.ts";
import { type LinkEnd, type LinkPath, type PathEffects, delayedBy, effectsOn } from "../../world/link-rules.ts";

/** All links and gates of a zone's process, and the rules in force over them. */
export class LinkTable {
  readonly zone: string;
  readonly #clock: Clock;
  readonly #checkDelay: number;
  readonly #links = new Set<Link>();
  readonly #gates = new Map<Gate, Pick<LinkPath, "target" | "purpose">>();
  #rules: readonly LinkRule[] = [];

  /**
   * `checkDelay` is the share of a path's delay that health checks feel: at a fast pace their time-outs are a fraction
   * of AWS's, so what AWS's would bear must be, too.
   */
  constructor(options: { readonly zone: string; readonly clock: Clock; readonly checkDelay?: number }) {
    this.zone = options.zone;
    this.#clock = options.clock;
    this.#checkDelay = options.checkDelay ?? 1;
  }

  /** Opens a link of this zone. Rejects with the system's error where its address cannot be listened at. */
  async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options, { clock: this.#clock, effectsTo: (end) => this.#effectsTo(end, options.purpose) });
    await link.listen();
    this.#links.add(link);
    return link;
  }

  /** Makes a gate for traffic of this process's own to `target`. Close it with {@link closeGate}. */
  openGate(target: LinkEnd, purpose: LinkPurpose, options: Omit<GateOptions, "clock">): Gate {
    const gate = new Gate({ clock: this.#clock, ...options });
    this.#gates.set(gate, { target, purpose });
    gate.setEffects(this.#effectsTo(target, purpose));
    return gate;
  }

  /** Ends what goes through a gate and forgets it. */
  closeGate(gate: Gate): void {
    this.#gates.delete(gate);
    gate.close();
  }

  /**
   * Puts these rules in force, in place of all that were; resolves once they have taken effect on everything that is
   * open.
   */
  async setRules(rules: readonly LinkRule[]): Promise<void> {
    this.#rules = rules;
    for (const [gate, { target, purpose }] of this.#gates) gate.setEffects(this.#effectsTo(target, purpose));
    await Promise.all([...this.#links].map((link) => link.refresh()));
  }

  /** Arms a trap on every link to its component: the next such call vanishes there, and `onTrapped` is called once. */
  arm(trap: Trap, onTrapped: (trap: Trap) => void): void {
    let sprung = false;
    const links = [...this.#links].filter((link) => link.carriesCallsTo(trap.component));
    for (const link of links) {
      link.setTrap({
        operation: trap.operation,
        onCaught: () => {
          for (const other of links) other.setTrap(null);
          if (!sprung) onTrapped(trap);
          sprung = true;
        },
      });
    }
  }

  /** Closes every link and gate; resolves when no socket is left. */
  async close(): Promise<void> {
    for (const gate of this.#gates.keys()) gate.close();
    await Promise.all([...this.#links].map((link) => link.close()));
  }

  #effectsTo(target: LinkEnd, purpose: LinkPurpose): PathEffects {
    const effects = effectsOn(this.#rules, { dialer: { zone: this.zone }, target, purpose });
    return purpose === "observe" ? delayedBy(effects, this.#checkDelay) : effects;
  }
}
