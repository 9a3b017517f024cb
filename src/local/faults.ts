import type { Clock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import type { Ms } from "../base/units.ts";
import type { LinkPurpose, LinkRule, Primitive } from "../world/primitive.ts";
import type { ActiveFault } from "../world/world.ts";
import type { RunCode } from "./codes.ts";

/** What can be done to the running system; each call has taken effect when it resolves. */
export interface FaultSurface {
  readonly clock: Clock;
  /** Puts exactly these rules in force, in every process that holds links. */
  applyRules(rules: readonly LinkRule[]): Promise<void>;
  /** False where there is no such process now. */
  signal(instance: string, signal: NodeJS.Signals): boolean;
  /** Kills all that the zone holds. Its links are down already. */
  powerOff(zone: string): Promise<void>;
  powerOn(zone: string): Promise<void>;
  /** Arms a trap in a zone; `sprung` is called when the call was swallowed. */
  arm(trap: Primitive & { kind: "kill-at-call" }, id: string, sprung: () => void): Promise<void>;
  /** A deposed primary may still be alive. */
  fencePending(): boolean;
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
      primitives.some(({ kind }) => kind !== "kill"),
    );
    return lasting.map(({ id, name, target, since }) => ({ id, name, target, since }));
  }

  /** All link rules in force. A zone without power is a black hole from and to everywhere. */
  rules(): LinkRule[] {
    return [...this.#injected.values()].flatMap(({ primitives }) => primitives.flatMap(rulesOf));
  }

  /** Links first, then what is killed: bytes in flight must not get out of a zone that loses power. */
  async inject(fault: { name: string; target: string | null; primitives: readonly Primitive[] }): Promise<string> {
    const { clock } = this.#surface;
    const id = `${fault.name}-${this.#nextId++}`;
    const injected: Injected = { ...fault, id, since: clock.now() };
    this.#injected.set(id, injected);
    try {
      if (fault.primitives.some((primitive) => rulesOf(primitive).length > 0)) {
        await this.#surface.applyRules(this.rules());
      }
      for (const primitive of fault.primitives) await this.#do(primitive, id);
    } catch (error) {
      this.#injected.delete(id);
      throw error;
    }
    return id;
  }

  /**
   * First power and what was paused, and the way for commands, so that a deposed primary is fenced; then the rest of
   * the links.
   * Unknown ids reject with RUN-008.
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
    this.#injected.delete(id);
    const rest = this.rules();
    const before = fault.primitives.filter((primitive) => primitive.kind === "link").flatMap(rulesOf);
    if (before.length > 0) {
      await this.#surface.applyRules([...rest, ...before.map(withoutCommands)]);
      await this.#fenced();
    }
    await this.#surface.applyRules(rest);
    for (const primitive of fault.primitives) await this.#undo(primitive);
  }

  async #do(primitive: Primitive, id: string): Promise<void> {
    switch (primitive.kind) {
      case "kill":
        return this.#signal(primitive.instance, "SIGKILL");
      case "pause":
        return this.#signal(primitive.instance, "SIGSTOP");
      case "power-off":
        return this.#surface.powerOff(primitive.zone);
      case "kill-at-call":
        return this.#surface.arm(primitive, id, () => this.#surface.signal(primitive.instance, "SIGKILL"));
      case "link":
        return undefined;
    }
  }

  async #undo(primitive: Primitive): Promise<void> {
    if (primitive.kind === "pause") this.#surface.signal(primitive.instance, "SIGCONT");
    if (primitive.kind === "power-off") await this.#surface.powerOn(primitive.zone);
  }

  #signal(instance: string, signal: NodeJS.Signals): void {
    if (this.#surface.signal(instance, signal)) return;
    throw new UserError({
      code: "RUN-008" satisfies RunCode,
      message: `"${instance}" has no process now`,
      fix: "choose an instance that `holdfast status` shows as running",
    });
  }

  async #fenced(): Promise<void> {
    const { clock } = this.#surface;
    const deadline = clock.now() + FENCE_WITHIN_MS;
    while (this.#surface.fencePending() && clock.now() < deadline) await clock.sleep(20);
  }
}

function rulesOf(primitive: Primitive): LinkRule[] {
  if (primitive.kind === "link") return [primitive.rule];
  if (primitive.kind !== "power-off") return [];
  const effect = { kind: "black-hole" } as const;
  const { zone } = primitive;
  return [
    { from: { zone }, to: {}, effect },
    { from: {}, to: { zone }, effect },
  ];
}

/** The same rule, but open for commands and observers. */
function withoutCommands(rule: LinkRule): LinkRule {
  const all: readonly LinkPurpose[] = rule.purposes ?? ["client", "replication", "observe", "control"];
  return { ...rule, purposes: all.filter((purpose) => purpose === "client" || purpose === "replication") };
}
