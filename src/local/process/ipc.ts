import type { ChildProcess } from "node:child_process";
import { messageOf } from "../../base/error.ts";

/**
 * What the supervisor and one kind of our own processes say to each other over Node's IPC channel. All of it is JSON.
 * The supervisor first sends `configure` and waits for `ready` or `failed`; then requests (answered) and messages (not
 * answered)
 * go to the child, and events come back from it.
 */
export interface Protocol {
  readonly config: unknown;
  readonly requests: Readonly<Record<string, { readonly body: unknown; readonly answer: unknown }>>;
  readonly messages: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, unknown>>;
}

type Name<T> = keyof T & string;

/** What a child does with what it is told. */
export interface Handlers<P extends Protocol> {
  /** Called once, first; what it throws is told to the supervisor as `failed`. */
  configure(config: P["config"]): void | Promise<void>;
  /** What one throws rejects that request alone, at the supervisor. */
  readonly requests: {
    readonly [K in Name<P["requests"]>]: (
      body: P["requests"][K]["body"],
    ) => P["requests"][K]["answer"] | Promise<P["requests"][K]["answer"]>;
  };
  readonly messages: { readonly [K in Name<P["messages"]>]: (body: P["messages"][K]) => void };
}

/** The child's way to tell the supervisor something unasked. What is said after the supervisor has gone is dropped. */
export type Emit<P extends Protocol> = <K extends Name<P["events"]>>(kind: K, body: P["events"][K]) => void;

/** The supervisor's end of the channel to one child. */
export interface Connection<P extends Protocol> {
  /** Resolves when the child is ready; rejects with what it says where it failed, or when it dies first. */
  configure(config: P["config"]): Promise<void>;
  /** Rejects with the child's own words where it refuses, and when it dies before it has answered. */
  request<K extends Name<P["requests"]>>(kind: K, body: P["requests"][K]["body"]): Promise<P["requests"][K]["answer"]>;
  /** Does nothing where the child is gone. */
  send<K extends Name<P["messages"]>>(kind: K, body: P["messages"][K]): void;
  /** Calls `listener` with every event of this kind from now on, until the returned function is called. */
  onMessage<K extends Name<P["events"]>>(kind: K, listener: (body: P["events"][K]) => void): () => void;
}

/** The envelope of everything that travels; `id` marks a request and its answer. */
interface Envelope {
  readonly kind: string;
  readonly id?: number;
  readonly body?: unknown;
  readonly config?: unknown;
  readonly ok?: boolean;
  readonly value?: unknown;
  readonly message?: string;
}

/**
 * Serves the supervisor from this process, which exits as soon as the supervisor has gone. Call it once, in an entry
 * file.
 */
export function serve<P extends Protocol>(handlers: Handlers<P>): Emit<P> {
  const tell = (envelope: Envelope): void => {
    if (process.connected) process.send?.(envelope, undefined, {}, () => undefined);
  };
  process.on("disconnect", () => process.exit(0));
  process.on("message", (received) => void hear(handlers, received as Envelope, tell));
  return (kind, body) => tell({ kind, body });
}

async function hear<P extends Protocol>(
  handlers: Handlers<P>,
  received: Envelope,
  tell: (envelope: Envelope) => void,
): Promise<void> {
  const { kind, id, body } = received;
  if (kind === "configure") {
    try {
      await handlers.configure(received.config);
      tell({ kind: "ready" });
    } catch (error) {
      tell({ kind: "failed", message: messageOf(error) });
    }
  } else if (id === undefined) {
    handlers.messages[kind]?.(body as never);
  } else {
    try {
      const handler = handlers.requests[kind];
      if (!handler) throw new Error(`this process knows no request "${kind}"`);
      tell({ kind: "answer", id, ok: true, value: await handler(body) });
    } catch (error) {
      tell({ kind: "answer", id, ok: false, message: messageOf(error) });
    }
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Connects the supervisor to a child that was started with `ipc: true` and calls {@link serve}. */
export function connect<P extends Protocol>(child: {
  readonly name: string;
  readonly handle: ChildProcess;
}): Connection<P> {
  const { name, handle } = child;
  const waiting = new Map<number | "configure", Waiting>();
  const listeners = new Map<string, Set<(body: never) => void>>();
  let lastId = 0;

  const ask = (key: number | "configure", envelope: Envelope): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!handle.connected) return reject(new Error(`${name} is gone`));
      waiting.set(key, { resolve, reject });
      handle.send(envelope, undefined, {}, (error) => {
        if (error) settle(key, (one) => one.reject(new Error(`${name} is gone`)));
      });
    });
  const settle = (key: number | "configure", how: (one: Waiting) => void): void => {
    const one = waiting.get(key);
    waiting.delete(key);
    if (one) how(one);
  };
  const onGone = (): void => {
    for (const key of waiting.keys()) settle(key, (one) => one.reject(new Error(`${name} is gone`)));
  };
  handle.once("disconnect", onGone);
  handle.once("exit", onGone);
  handle.on("message", (received) => {
    const { kind, id, ok, value, message, body } = received as Envelope;
    if (kind === "ready") settle("configure", (one) => one.resolve(undefined));
    else if (kind === "failed") settle("configure", (one) => one.reject(new Error(`${name}: ${message}`)));
    else if (kind !== "answer") for (const listener of listeners.get(kind) ?? []) listener(body as never);
    else if (id !== undefined)
      settle(id, (one) => (ok ? one.resolve(value) : one.reject(new Error(`${name}: ${message}`))));
  });

  return {
    configure: async (config) => void (await ask("configure", { kind: "configure", config })),
    request: (kind, body) => ask(++lastId, { kind, id: lastId, body }),
    send: (kind, body) => {
      if (handle.connected) handle.send({ kind, body }, undefined, {}, () => undefined);
    },
    onMessage: (kind, listener) => {
      const set = listeners.get(kind) ?? new Set();
      listeners.set(kind, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}
