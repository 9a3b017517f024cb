import type { Cancel, Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { CLEAR, type DirectionEffect } from "../../world/link-rules.ts";

/** What travels over one direction of a connection: bytes, the end of the stream, or a reset. */
export type Parcel = Buffer | "end" | "reset";

/** When a throttled direction may send again; shared by all connections of a link, as they share its bandwidth. */
export interface Pacer {
  freeAt: Ms;
}

export interface ValveOptions {
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** Hands a parcel to the far side; false where that is congested, until {@link Valve.drained} is called. */
  deliver(parcel: Parcel): boolean;
  /** Called when the near side, told to wait by {@link Valve.push}, may send again. */
  onRoom(): void;
}

/** Bytes that may wait before the sender is told to: a window that 10 MB/s fill at a delay of 100 ms. */
const WINDOW_BYTES = 1024 * 1024;

/** A throttled direction sends in portions of so many milliseconds' worth, or a large chunk would pass as one burst. */
const PORTION_MS = 50;

/**
 * One direction of a connection, with what the rules do to it: passes parcels on, in order, now or later, or lets
 * them vanish. With no rule and nothing waiting, a parcel is handed on within the same call.
 */
export class Valve {
  readonly #options: ValveOptions;
  #effect: DirectionEffect = CLEAR;
  #waiting: { readonly parcel: Parcel; readonly arrivedAt: Ms }[] = [];
  #waitingBytes = 0;
  #congested = false;
  #senderWaits = false;
  #starved = false;
  #cancel: Cancel | null = null;

  constructor(options: ValveOptions) {
    this.#options = options;
  }

  /** Whether something vanished here: what is left of the stream can never be valid again. */
  get starved(): boolean {
    return this.#starved;
  }

  /** Takes a parcel; false asks the sender to wait for `onRoom`. */
  push(parcel: Parcel): boolean {
    if (this.#effect === CLEAR && this.#waiting.length === 0 && !this.#congested) {
      return this.#handOver(parcel) || this.#askToWait();
    }
    if (this.#effect.blocked !== null) {
      this.#starved = true;
      return true;
    }
    // A reset does not wait for a far side that takes no bytes.
    if (parcel === "reset" && this.#congested) this.#drop();
    const arrivedAt = this.#options.clock.now();
    for (const portion of this.#portions(parcel)) this.#waiting.push({ parcel: portion, arrivedAt });
    this.#waitingBytes += sizeOf(parcel);
    this.#pump();
    return this.#waitingBytes < WINDOW_BYTES || this.#askToWait();
  }

  /** The far side takes more. */
  drained(): void {
    this.#congested = false;
    this.#pump();
  }

  /** Puts another effect in force, for what waits here too. */
  setEffect(effect: DirectionEffect): void {
    this.#effect = effect;
    if (effect.blocked !== null && this.#waiting.length > 0) {
      this.#starved = true;
      this.#drop();
    }
    this.#pump();
  }

  /** Drops what waits; nothing is delivered any more. */
  close(): void {
    this.#cancel?.();
    this.#drop();
    this.#effect = CLOSED;
  }

  #drop(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #pump(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      if (this.#congested && head.parcel !== "reset") break;
      const dueIn = this.#dueAt(head.arrivedAt) - this.#options.clock.now();
      if (dueIn > 0) {
        this.#cancel = this.#options.clock.after(dueIn, () => this.#pump());
        break;
      }
      this.#waiting.shift();
      this.#waitingBytes -= sizeOf(head.parcel);
      this.#handOver(head.parcel);
    }
    if (this.#senderWaits && !this.#congested && this.#waitingBytes < WINDOW_BYTES / 2) {
      this.#senderWaits = false;
      this.#options.onRoom();
    }
  }

  #dueAt(arrivedAt: Ms): Ms {
    const delivered = arrivedAt + this.#effect.delayMs;
    return this.#effect.bytesPerSecond === null ? delivered : Math.max(delivered, this.#options.pacer.freeAt);
  }

  #handOver(parcel: Parcel): boolean {
    const { bytesPerSecond } = this.#effect;
    if (bytesPerSecond !== null) {
      const { pacer, clock } = this.#options;
      pacer.freeAt = Math.max(pacer.freeAt, clock.now()) + (sizeOf(parcel) * 1_000) / bytesPerSecond;
    }
    const taken = this.#options.deliver(parcel);
    if (!taken) this.#congested = true;
    return taken;
  }

  #askToWait(): false {
    this.#senderWaits = true;
    return false;
  }

  #portions(parcel: Parcel): readonly Parcel[] {
    const { bytesPerSecond } = this.#effect;
    if (bytesPerSecond === null || typeof parcel === "string") return [parcel];
    const portion = Math.max(1, Math.floor((bytesPerSecond * PORTION_MS) / 1_000));
    const count = Math.ceil(parcel.length / portion);
    return Array.from({ length: count }, (_, index) => parcel.subarray(index * portion, (index + 1) * portion));
  }
}

const CLOSED: DirectionEffect = { ...CLEAR, blocked: "black-hole" };

function sizeOf(parcel: Parcel): number {
  return typeof parcel === "string" ? 0 : parcel.length;
}
