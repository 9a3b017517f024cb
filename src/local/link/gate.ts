import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import { GatedSocket, type Pacers } from "./gated-socket.ts";
import { CLEAR, type PathEffects, blockedBy } from "../../world/link-rules.ts";
import { abort } from "./abort.ts";

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
  readonly #pacers: Pacers = { forward: { freeAt: 0 }, backward: { freeAt: 0 } };
  readonly #sockets = new Set<GatedSocket>();
  readonly #attempts = new Set<Attempt>();
  #effects: PathEffects = { forward: CLEAR, backward: CLEAR };

  constructor(options: { readonly clock: Clock; readonly connectTimeoutMs: Ms }) {
    this.#clock = options.clock;
    this.#connectTimeoutMs = options.connectTimeoutMs;
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
      if (roundTripMs === 0) attempt.follow(this.#dial(options));
      else this.#clock.after(roundTripMs, () => attempt.follow(this.#dial(options)));
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
  #begun = false;

  constructor(callback: buildConnector.Callback) {
    this.#callback = callback;
  }

  begin(): void {
    if (!this.#begun) this.dial();
    this.#begun = true;
  }

  follow(socket: Socket): void {
    socket.once("error", (error) => this.fail(error));
    socket.once("connect", () => this.#settle()?.(null, socket));
    const close = this.onSettled;
    this.onSettled = () => {
      close();
      if (socket.connecting) socket.destroy();
    };
    if (this.#callback === null) socket.destroy();
  }

  fail(error: Error): void {
    this.#settle()?.(error, null);
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

function connectTimeout(): Error {
  return Object.assign(new Error("connect time-out"), { code: "UND_ERR_CONNECT_TIMEOUT" });
}
