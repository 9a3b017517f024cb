/**
 * What is wrong with a zone. `dark`: it has no power. `cut`: nobody outside reaches it, nor it anybody. `mute`: it is
 * reached and reaches nobody. `slow`: its links are. `shifted`: somebody has led customers away from it.
 */
export type ZoneTrouble = "dark" | "cut" | "mute" | "slow" | "shifted";

/** How the zones of a system are during an incident. The same trouble may have several reasons at a time. */
export class Zones {
  readonly #reasons = new Map<ZoneTrouble, Map<string, number>>();
  /** How many reasons there are: mostly none. */
  #count = 0;

  /** A trouble has one reason more, or one less. Tells whether that begins or ends it. */
  turn(zone: string, trouble: ZoneTrouble, by: 1 | -1): boolean {
    const reasons = this.#reasons.get(trouble) ?? new Map<string, number>();
    this.#reasons.set(trouble, reasons);
    const before = reasons.get(zone) ?? 0;
    reasons.set(zone, before + by);
    this.#count += by;
    return (before === 0) !== (before + by === 0);
  }

  /** Whether a zone has this trouble. */
  has(zone: string, trouble: ZoneTrouble): boolean {
    return this.#count > 0 && (this.#reasons.get(trouble)?.get(zone) ?? 0) > 0;
  }

  /** Whether anybody outside of it can reach what is in it. */
  isReached(zone: string): boolean {
    return !this.has(zone, "dark") && !this.has(zone, "cut");
  }

  /** Whether what is in it reaches anybody outside. */
  reachesOut(zone: string): boolean {
    return !this.has(zone, "mute");
  }
}
