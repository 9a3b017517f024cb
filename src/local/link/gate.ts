import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { GatedSocket, type Pacers } from "./gated-socket.ts";
import { CLEAR, type PathEffects, blockedBy } from "../../world/link-rules.ts";
import { abort } from "./abort.ts";
import { overTls } from "./tls-client.ts";

/** What a gate is made of. */
export interface GateOptions {
  readonly clock: Clock;
  /** How long a connection may take, with the handshake of TLS where there is one. */
  readonly connectTimeoutMs: Ms;
  /** Whether it is spoken to by TLS. Rules act on what is encrypted then, as they would on a wire. */
  readonly tls: boolean;
}

/**
 * What stands between the zone's own process (its balancer nodes and their health checks) and one target: the same
 * rules as a link, without a listener and a hop of its own for every request. With no rule in force a socket behaves,
 * and costs, as one without a gate.
 *
 * Not covered: a socket that is closed here while its bytes vanish still sends the target a FIN.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #connectTimeoutMs: Ms;
  readonly #tls: boolean;
  readonly #pacers: Pacers = { forward: { freeAt: 0 }, backward: { freeAt: 0 } };
  readonly #sockets = new Set<GatedSocket>();
  readonly #attempts = new Set<Attempt>();
  #effects: PathEffects = { forward: CLEAR, backward: CLEAR };

  constructor(options: GateOptions) {
    this.#clock = options.clock;
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#tls = options.tls;
  }

  /** How many sockets are open through this gate. */
  get open(): number {
    return this.#sockets.size;
  }

  /**
   * How undici's `Client` and `Pool` dial through this gate. Time-outs fail with the code `UND_ERR_CONNECT_TIMEOUT`.
   */
  readonly connector: buildConnector.connector = (options, callback) => {
    const attempt = new Attempt(callback);
    this.#attempts.add(attempt);
    const cancel = this.#clock.after(this.#connectTimeoutMs, () => attempt.fail(connectTimeout()));
    attempt.onSettled = () => {
      cancel();
      this.#attempts.delete(attempt);
    };
    attempt.dial = () => {
      // The handshake takes a round trip.
      const roundTripMs = this.#effects.forward.delayMs + this.#effects.backward.delayMs;
      const dial = (): void => attempt.follow(this.#dial(options), this.#tls);
      if (roundTripMs === 0) dial();
      else this.#clock.after(roundTripMs, dial);
    };
    this.#pursue(attempt);
  };

  /** Puts other effects in force, for live sockets too. Those that a black hole starved are reset as it ends. */
  setEffects(effects: PathEffects): void {
    this.#effects = effects;
    // A throttle that is gone leaves no debt to the next one.
    this.#pacers.forward.freeAt = this.#pacers.backward.freeAt = 0;
    const blocked = blockedBy(effects);
    for (const socket of this.#sockets) {
      if (blocked === "cut" || (blocked === null && socket.starved)) abort(socket);
      else socket.setEffects(effects);
    }
    // A copy: what fails may be tried again at once.
    for (const attempt of new Set(this.#attempts)) this.#pursue(attempt);
  }

  /** Resets every socket and fails every attempt to open one. */
  close(): void {
    for (const attempt of new Set(this.#attempts)) attempt.fail(refused());
    for (const socket of this.#sockets) abort(socket);
  }

  #pursue(attempt: Attempt): void {
    const blocked = blockedBy(this.#effects);
    if (blocked === "cut") attempt.fail(refused());
    // A SYN that vanishes is sent again until the time-out: the attempt goes through if the path heals first.
    else if (blocked === null) attempt.begin();
  }

  #dial(options: buildConnector.Options): GatedSocket {
    const socket = new GatedSocket(this.#clock, this.#pacers);
    socket.setEffects(this.#effects);
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    return socket.connect({ host: options.hostname, port: Number(options.port) });
  }
}

/** One attempt to connect: begun at most once, settled exactly once. */
class Attempt {
  dial: () => void = () => undefined;
  onSettled: () => void = () => undefined;
  #callback: buildConnector.Callback | null;
  #socket: Socket | null = null;
  #begun = false;

  constructor(callback: buildConnector.Callback) {
    this.#callback = callback;
  }

  begin(): void {
    if (!this.#begun) this.dial();
    this.#begun = true;
  }

  follow(socket: Socket, tls: boolean): void {
    this.#socket = socket;
    socket.on("error", (error) => this.fail(error));
    socket.once("close", () => this.fail(reset()));
    socket.once("connect", () => {
      if (!tls) return void this.#settle()?.(null, socket);
      const secure = overTls(socket);
      secure.on("error", (error) => this.fail(error));
      secure.once("secureConnect", () => this.#settle()?.(null, secure));
    });
    if (this.#callback === null) socket.destroy();
  }

  fail(error: Error): void {
    const callback = this.#settle();
    if (callback === null) return;
    this.#socket?.destroy();
    callback(error, null);
  }

  #settle(): buildConnector.Callback | null {
    const callback = this.#callback;
    this.#callback = null;
    if (callback) this.onSettled();
    return callback;
  }
}

function refused(): Error {
  return Object.assign(new Error("connect ECONNREFUSED: the path is cut"), {
    code: "ECONNREFUSED",
    syscall: "connect",
  });
}

function reset(): Error {
  return Object.assign(new Error("the connection was reset"), { code: "ECONNRESET" });
}

function connectTimeout(): Error {
  return Object.assign(new Error("connect time-out"), { code: "UND_ERR_CONNECT_TIMEOUT" });
}
