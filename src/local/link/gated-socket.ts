/* oxlint-disable no-underscore-dangle -- that is how Node's streams name what a subclass overrides */
import { Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { CLEAR, type PathEffects } from "../../world/link-rules.ts";
import { type Pacer, type Parcel, Valve } from "./valve.ts";

/** Shared by all sockets of a gate, as they share its bandwidth. */
export interface Pacers {
  readonly forward: Pacer;
  readonly backward: Pacer;
}

/** A socket whose bytes pass two valves while a rule is in force, and none while there is no rule. */
export class GatedSocket extends Socket {
  readonly #clock: Clock;
  readonly #pacers: Pacers;
  #out: Valve | null = null;
  #in: Valve | null = null;
  #blackHole = false;
  #deaf = false;
  #onRoom: (() => void) | null = null;

  constructor(clock: Clock, pacers: Pacers) {
    super();
    this.#clock = clock;
    this.#pacers = pacers;
  }

  get starved(): boolean {
    return this.#deaf || (this.#out?.starved ?? false) || (this.#in?.starved ?? false);
  }

  setEffects({ forward, backward }: PathEffects): void {
    if (forward !== CLEAR) this.#out ??= this.#outwards();
    if (backward !== CLEAR) this.#in ??= this.#inwards();
    this.#out?.setEffect(forward);
    this.#in?.setEffect(backward);
    this.#blackHole = backward.blocked !== null;
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: Callback): void {
    if (this.#out === null) super._write(chunk, encoding, callback);
    else this.#send(bytes(chunk, encoding), callback);
  }

  override _writev(chunks: Chunks, callback: Callback): void {
    if (this.#out === null) super._writev?.(chunks, callback);
    else this.#send(Buffer.concat(chunks.map(({ chunk, encoding }) => bytes(chunk, encoding))), callback);
  }

  override _read(size: number): void {
    this.#in?.drained();
    super._read(size);
  }

  override push(chunk: Buffer | null): boolean {
    return this.#in === null ? super.push(chunk) : this.#in.push(chunk ?? "end");
  }

  /** A reset that the kernel reports while the way back is a black hole is one that could not have arrived. */
  override destroy(error?: Error): this {
    if (this.#blackHole && error !== undefined && "syscall" in error) {
      this.#deaf = true;
      return this;
    }
    this.#out?.close();
    this.#in?.close();
    return super.destroy(error);
  }

  #send(chunk: Buffer, callback: Callback): void {
    if (this.#out?.push(chunk)) callback();
    else this.#onRoom = callback;
  }

  #outwards(): Valve {
    const deliver = (parcel: Parcel): boolean => {
      if (typeof parcel === "string") return true;
      let written = false;
      let late = false;
      super._write(parcel, BYTES, (error) => {
        written = true;
        if (error) this.destroy(error);
        else if (late) valve.drained();
      });
      late = !written;
      return written;
    };
    const onRoom = (): void => {
      const callback = this.#onRoom;
      this.#onRoom = null;
      callback?.();
    };
    const valve = new Valve({ clock: this.#clock, pacer: this.#pacers.forward, deliver, onRoom });
    return valve;
  }

  #inwards(): Valve {
    const deliver = (parcel: Parcel): boolean => super.push(typeof parcel === "string" ? null : parcel);
    // Reading again is what makes a socket that was told to wait go on.
    const onRoom = (): void => super._read(0);
    return new Valve({ clock: this.#clock, pacer: this.#pacers.backward, deliver, onRoom });
  }
}

/** What streams say of a chunk that is no text; the type of `_write` does not know it. */
const BYTES = "buffer" as BufferEncoding;

type Callback = (error?: Error | null) => void;
type Chunks = { chunk: Buffer | string; encoding: BufferEncoding }[];

function bytes(chunk: Buffer | string, encoding: BufferEncoding): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
}
