import { type Server, type Socket, createServer } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { LinkPurpose } from "../../world/primitive.ts";
import type { Address } from "../address.ts";
import type { LinkTarget } from "../process/messages-zone.ts";
import { CallTrap, type TrapOrder } from "./call-trap.ts";
import { Connection, type LinkCounts } from "./connection.ts";
import { type LinkEnd, type PathEffects, blockedBy } from "../../world/link-rules.ts";
import type { Pacer } from "./valve.ts";
import { abort } from "./abort.ts";
import { type TlsFront, takeTlsOff } from "./tls-front.ts";

/** Looks at the bytes that come back over one connection; true drops the connection before that chunk is delivered. */
export type Inspect = (chunk: Buffer) => boolean;

export interface LinkOptions {
  readonly listen: Address;
  readonly purpose: LinkPurpose;
  /**
   * Where it leads: for good, or asked for each new connection (null: reset). While the path to a fixed target is cut
   * the link does not listen, so that dialling it is refused; one whose target changes resets each new connection
   * instead.
   */
  readonly target: LinkTarget | (() => LinkTarget | null);
  /** HTTP API calls travel over it, so that a trap can be armed. @default false */
  readonly calls?: boolean;
  /** Called for each new connection, where given; null: nobody looks at this one. */
  readonly inspect?: () => Inspect | null;
  /** Takes TLS off the connections that come with it, where given. */
  readonly tls?: TlsFront;
}

/** What a link needs of the zone it is in. */
export interface LinkContext {
  readonly clock: Clock;
  effectsTo(target: LinkEnd): PathEffects;
}

/**
 * A TCP link of a zone: a listener that forwards each connection to its target, and lets the rules in force act on
 * it. Opened and told of rules by {@link LinkTable}.
 *
 * Not modelled: a black hole completes the TCP handshake, and what vanishes is acknowledged, so the time-outs of TCP
 * itself do not fire; a slow path does not delay the handshake.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #context: LinkContext;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** Accepted, and not known yet to be with TLS or without. */
  readonly #undecided = new Set<Socket>();
  readonly #pacers: { readonly forward: Pacer; readonly backward: Pacer } = {
    forward: { freeAt: 0 },
    backward: { freeAt: 0 },
  };
  readonly #counts: LinkCounts = { bytesForward: 0, bytesBackward: 0 };
  #trap: TrapOrder | null = null;
  /** Opening and closing the listener, one after the other. */
  #listening: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions, context: LinkContext) {
    this.#options = options;
    this.#context = context;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (dialer) =>
      this.#receive(dialer),
    );
    this.#server.on("error", () => undefined);
  }

  /** Open connections, and bytes since it was made, towards the target and back. */
  get counts(): LinkCounts & { readonly open: number } {
    return { ...this.#counts, open: this.#connections.size };
  }

  /** Whether calls to `component` travel over it. */
  carriesCallsTo(component: string): boolean {
    return this.#options.calls === true && this.#target()?.end.component === component;
  }

  /** Listens; rejects with the system's error where it cannot. */
  async listen(): Promise<void> {
    if (!this.#refuses()) await this.#startListening();
  }

  /** Applies the rules in force to the listener and to all that is open; resolves once they have taken effect. */
  async refresh(): Promise<void> {
    // A throttle that is gone leaves no debt to the next one.
    this.#pacers.forward.freeAt = this.#pacers.backward.freeAt = 0;
    for (const connection of this.#connections) connection.setEffects(this.#context.effectsTo(connection.target));
    // A listener that could not open is tried again with the next rules.
    this.#listening = this.#listening.catch(() => undefined).then(() => this.#matchListener());
    await this.#listening;
  }

  /** Resets the open connections whose target `matches`: after a failover, those to the old primary. */
  resetConnections(matches: (target: LinkEnd) => boolean): void {
    for (const connection of this.#connections) if (matches(connection.target)) void connection.reset();
  }

  /** The next such call on any connection vanishes; null disarms. */
  setTrap(trap: TrapOrder | null): void {
    this.#trap = trap;
  }

  /** Stops listening and resets what is open; resolves when no socket is left. */
  async close(): Promise<void> {
    await this.#listening.catch(() => undefined);
    for (const dialer of this.#undecided) abort(dialer);
    const closed = [...this.#connections].map((connection) => connection.reset());
    await Promise.all([...closed, this.#stopListening()]);
  }

  #receive(dialer: Socket): void {
    const { tls } = this.#options;
    if (tls === undefined) return this.#accept(dialer);
    this.#undecided.add(dialer);
    dialer.once("close", () => this.#undecided.delete(dialer));
    takeTlsOff(dialer, tls, (socket) => {
      this.#undecided.delete(dialer);
      this.#accept(socket);
    });
  }

  #accept(dialer: Socket): void {
    const target = this.#target();
    if (target === null) {
      dialer.on("error", () => undefined);
      abort(dialer);
      return;
    }
    const connection = new Connection({
      dialer,
      target,
      clock: this.#context.clock,
      pacers: this.#pacers,
      counts: this.#counts,
      inspect: this.#options.inspect?.() ?? null,
      trap: this.#options.calls ? new CallTrap(() => this.#trap) : null,
      onClosed: () => void this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    connection.setEffects(this.#context.effectsTo(target.end));
  }

  #target(): LinkTarget | null {
    const { target } = this.#options;
    return typeof target === "function" ? target() : target;
  }

  #refuses(): boolean {
    const { target } = this.#options;
    return typeof target !== "function" && blockedBy(this.#context.effectsTo(target.end)) === "cut";
  }

  async #matchListener(): Promise<void> {
    if (this.#refuses()) await this.#stopListening();
    else if (!this.#server.listening) await this.#startListening();
  }

  async #startListening(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...this.#options.listen, backlog: 1024 }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  async #stopListening(): Promise<void> {
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
