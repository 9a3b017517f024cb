import { type Socket, connect } from "node:net";
import type { Cancel, Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import { onLine } from "./line.ts";

const GRANTED = JSON.stringify({ granted: true });

/**
 * One holder's way to one witness, on a connection that is kept as long as it answers. One request at a time; after a
 * failure the next one dials anew, for what a broken network did to the old connection is not known.
 */
export class WitnessClient {
  readonly #address: Address;
  readonly #clock: Clock;
  #socket: Socket | null = null;
  #asked: { readonly resolve: (granted: boolean) => void; readonly cancel: Cancel } | null = null;

  constructor(address: Address, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** Whether the witness lets `region` in; false where it does not say so within `timeoutMs`. */
  ask(region: string, timeoutMs: Ms): Promise<boolean> {
    return new Promise((resolve) => {
      this.#asked = { resolve, cancel: this.#clock.after(timeoutMs, () => this.close()) };
      this.#socket ??= this.#dial();
      this.#socket.write(`${JSON.stringify({ do: "ask", region })}\n`);
    });
  }

  /** Drops the connection; what was asked is answered with no. */
  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
    this.#settle(false);
  }

  #dial(): Socket {
    const socket = connect({ ...this.#address, noDelay: true });
    const isCurrent = (): boolean => this.#socket === socket;
    onLine(socket, (line) => isCurrent() && this.#settle(line === GRANTED));
    socket.on("error", () => undefined); // told by "close", which always follows
    socket.on("close", () => isCurrent() && this.close());
    return socket;
  }

  #settle(granted: boolean): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.cancel();
    asked?.resolve(granted);
  }
}
