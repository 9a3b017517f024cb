/**
 * What is wrong with a part of an archive. `truncated`: it ends too early. `corrupt`: it is not what was written.
 * `missing`: it is not there. `key`: it is encrypted, and with another key than the one at hand.
 */
export type DamageKind = "truncated" | "corrupt" | "missing" | "key";

/** A part of an archive cannot be used. */
export class Damage extends Error {
  readonly kind: DamageKind;

  constructor(kind: DamageKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Damage";
    this.kind = kind;
  }
}
