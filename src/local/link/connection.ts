import { type Socket, createConnection } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { LinkTarget } from "../process/messages-zone.ts";
import type { CallTrap } from "./call-trap.ts";
import { type LinkEnd, type PathEffects, blockedBy } from "../../world/link-rules.ts";
import { type Pacer, type Parcel, Valve } from "./valve.ts";

export interface LinkCounts {
  bytesForward: number;
  bytesBackward: number;
}

export interface ConnectionOptions {
  /** The accepted socket, paused. */
  readonly dialer: Socket;
  readonly target: LinkTarget;
  readonly clock: Clock;
  readonly pacers: { readonly forward: Pacer; readonly backward: Pacer };
  /** Counted up in place. */
  readonly counts: LinkCounts;
  readonly inspect: ((chunk: Buffer) => boolean) | null;
  readonly trap: CallTrap | null;
  /** Called once, when neither socket is open any more. */
  onClosed(): void;
}
import { abort } from "./abort.ts";

/**
 * One connection over a link: the dialer's socket, the target's, and a valve for each direction. What one side does
 * (bytes, its end, a reset) reaches the other through the valve, so that a delay delays it and a black hole swallows
 * it too.
 */
export class Connection {
  readonly target: LinkEnd;
  readonly #options: ConnectionOptions;
  readonly #forward: Valve;
  readonly #backward: Valve;
  #far: Socket | null = null;
  /** Accepted while a black hole kept it from its target. */
  #openedInTheDark = false;
  /** Sockets that are not closed yet. */
  #open = 1;
  #reset = false;
  readonly #closed = Promise.withResolvers<void>();

  constructor(options: ConnectionOptions) {
    const { dialer, clock, pacers } = options;
    this.target = options.target.end;
    this.#options = options;
    this.#forward = new Valve({
      clock,
      pacer: pacers.forward,
      deliver: (parcel) => (this.#far ? deliver(this.#far, parcel) : true),
      onRoom: () => dialer.resume(),
    });
    this.#backward = new Valve({
      clock,
      pacer: pacers.backward,
      deliver: (parcel) => this.#deliverBack(parcel),
      onRoom: () => this.#far?.resume(),
    });
    this.#listenTo(dialer, this.#forward, this.#backward);
  }

  /**
   * Puts these effects in force. What a black hole starved or kept from its target is reset as soon as the path is
   * whole.
   */
  setEffects(effects: PathEffects): void {
    const blocked = blockedBy(effects);
    this.#forward.setEffect(effects.forward);
    this.#backward.setEffect(effects.backward);
    if (blocked === "cut" || (blocked === null && this.#isStarved())) void this.reset();
    else if (this.#far === null && blocked === null) this.#dial();
    else if (this.#far === null) {
      // Nobody will ever answer: what the dialer sends is read, and vanishes.
      this.#openedInTheDark = true;
      this.#options.dialer.resume();
    }
  }

  /** Resets both sides; resolves when neither socket is open any more. */
  reset(): Promise<void> {
    if (this.#reset) return this.#closed.promise;
    this.#reset = true;
    this.#forward.close();
    this.#backward.close();
    abort(this.#options.dialer);
    if (this.#far) abort(this.#far);
    return this.#closed.promise;
  }

  #isStarved(): boolean {
    return this.#openedInTheDark || this.#forward.starved || this.#backward.starved;
  }

  #dial(): void {
    const { dialer, target } = this.#options;
    const far = createConnection({ ...target.address, allowHalfOpen: true, noDelay: true });
    this.#far = far;
    this.#open += 1;
    this.#listenTo(far, this.#backward, this.#forward);
    far.once("connect", () => dialer.resume());
  }

  /** What happens at one side goes `out` to the other; `back` is what this side is to take. */
  #listenTo(socket: Socket, out: Valve, back: Valve): void {
    let ended = false;
    socket.on("data", (chunk: Buffer) => {
      if (!this.#take(chunk, out)) socket.pause();
    });
    socket.on("drain", () => back.drained());
    socket.on("end", () => {
      ended = true;
      out.push("end");
    });
    // Told by "close", which always follows.
    socket.on("error", () => (ended = false));
    socket.on("close", () => {
      if (!ended) out.push("reset");
      this.#open -= 1;
      if (this.#open > 0) return;
      this.#forward.close();
      this.#backward.close();
      this.#options.onClosed();
      this.#closed.resolve();
    });
  }

  #take(chunk: Buffer, out: Valve): boolean {
    const { counts, trap } = this.#options;
    if (out === this.#backward) counts.bytesBackward += chunk.length;
    else counts.bytesForward += chunk.length;
    if (out === this.#forward && trap?.swallows(chunk)) return true;
    return out.push(chunk);
  }

  #deliverBack(parcel: Parcel): boolean {
    if (typeof parcel !== "string" && this.#options.inspect?.(parcel)) {
      void this.reset();
      return true;
    }
    return deliver(this.#options.dialer, parcel);
  }
}

/** Hands a parcel to a socket; false where that is congested. */
function deliver(socket: Socket, parcel: Parcel): boolean {
  if (socket.destroyed) return true;
  if (parcel === "end") socket.end();
  else if (parcel === "reset") abort(socket);
  else return socket.write(parcel);
  return true;
}
