import { AsyncLocalStorage } from "node:async_hooks";
import type { Socket } from "node:net";
import { buildApp } from "fauxqs";
import type { Clock } from "../../base/clock.ts";
import type { QueueSettings } from "../../topology/kind/queue.ts";
import type { Address } from "../address.ts";
import { RedrivenQueue } from "./dead-letters.ts";
import { QueueCalls, type QueueFault, queueOfCall } from "./queue-calls.ts";
import { type QueueStore, type StoredQueue, openQueueStore } from "./queue-store.ts";

/**
 * The queue service of one region: the SQS of the package `fauxqs`, with its store, bound to one loopback address. A
 * message is on disk before it is acknowledged (SQLite in WAL mode syncs each commit), so `kill -9` loses none. Mended
 * here: the move to a dead-letter queue is one transaction, a message that is made visible again is kept, a receive
 * whose client has gone takes no messages, and queue URLs name the host that the asker dialled. Not covered: retention
 * (messages do not expire), message-move tasks as calls, and SQS's occasional duplicates and reordering.
 */

/** Any account will do; this is the one that the package answers with. */
const ACCOUNT = "000000000000";
/** Bounds that SQS sets on a queue's retention. */
const RETENTION_SECONDS = { min: 60, max: 1_209_600 } as const;

export interface QueueServerOptions {
  readonly region: string;
  /** Port 0 takes a free one. */
  readonly listen: Address;
  /** Folder of the store; made where it is missing. */
  readonly dataDirectory: string;
  /** Times at AWS's scale. */
  readonly queues: readonly { readonly id: string; readonly settings: QueueSettings }[];
  readonly paceFactor: number;
  readonly clock: Clock;
  /** A message of `queue` has used up its receives and is in its dead-letter queue now. */
  onDeadLetter(queue: string, messageId: string): void;
  /** One of the messages of `queue` that are to be stranded is in its dead-letter queue now. */
  onStranded(queue: string): void;
}

/** How full a queue is. */
export interface QueueDepths {
  readonly queue: string;
  /** Visible, in flight and delayed. */
  readonly pending: number;
  /** In its dead-letter queue. */
  readonly stranded: number;
  /** Receives beyond a message's first, since the server started. */
  readonly redelivered: number;
}

/** A running queue service. What names a queue that it has not throws. */
export interface QueueServer {
  readonly address: Address;
  depths(): QueueDepths[];
  /** Puts exactly these faults in force. */
  setFaults(faults: readonly QueueFault[]): void;
  /** Puts a message in as it is. */
  poison(queue: string, body: string): void;
  /** Makes the next `messages` of a queue use up their receives and end in its dead-letter queue. */
  strand(queue: string, messages: number): void;
  /** Moves all of its dead letters back; returns how many. */
  redrive(queue: string): number;
  /** All messages of a queue that nobody has worked off. */
  list(queue: string): readonly QueuedMessage[];
  /** Sends messages as a producer would. */
  put(queue: string, bodies: readonly string[]): void;
  remove(queue: string, ids: readonly string[]): void;
  /** Ends open receives and closes the store. */
  close(): Promise<void>;
}

/** A message, as its queue holds it. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
}

/** The URL of a queue as seen at `address`: the server's own, or a link's. */
export function queueUrl(address: Address, queue: string): string {
  return `http://${address.host}:${address.port}/${ACCOUNT}/${queue}`;
}

/** Starts the service and creates its queues, each after its dead-letter queue. Rejects where the address is in use. */
export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  const store = await openQueueStore(options.dataDirectory);
  const client = new AsyncLocalStorage<Socket>();
  const calls = new QueueCalls(options.clock);
  const queues = new Map(options.queues.map((each) => [each.id, createQueue(each, options, { store, client, calls })]));
  const app = await listen(options, { store, client, calls });
  const bound = app.server.address();
  const { host, port } = options.listen;
  const named = (id: string): RedrivenQueue => {
    const found = queues.get(id);
    if (!found) throw new Error(`there is no queue "${id}"`);
    return found;
  };
  return {
    address: { host, port: typeof bound === "object" && bound ? bound.port : port },
    depths: () =>
      [...queues].map(([queue, { pending, stranded, redelivered }]) => ({ queue, pending, stranded, redelivered })),
    setFaults: (faults) => calls.set(faults),
    poison: (queue, body) => named(queue).poison(body),
    strand: (queue, messages) => named(queue).strand(messages),
    redrive: (queue) => named(queue).redrive(),
    list: (queue) => named(queue).list(),
    put: (queue, bodies) => named(queue).put(bodies),
    remove: (queue, ids) => named(queue).remove(ids),
    close: async () => void (await app.close()),
  };
}

/** What the parts of the service share. */
interface Shared {
  readonly store: QueueStore;
  /** Who sent the call that is being served. */
  readonly client: AsyncLocalStorage<Socket>;
  readonly calls: QueueCalls;
}

function createQueue(
  { id, settings }: QueueServerOptions["queues"][number],
  { region, paceFactor, onDeadLetter, onStranded }: QueueServerOptions,
  { store, client, calls }: Shared,
): RedrivenQueue {
  const dead = ensureQueue(store, arnOf(region, settings.deadLetterQueue), attributesOf(settings, paceFactor, null));
  const queue = ensureQueue(store, arnOf(region, id), attributesOf(settings, paceFactor, dead.arn));
  return new RedrivenQueue({
    store,
    queue,
    dead,
    mayReceive: () => client.getStore()?.destroyed !== true && calls.isAvailable(id),
    onDeadLetter: (messageId) => onDeadLetter(id, messageId),
    onStranded: () => onStranded(id),
  });
}

/** Every call passes the hooks: its client is remembered, and the faults of its queue come before all else. */
async function listen(
  { region, listen: { host, port } }: QueueServerOptions,
  { store, client, calls }: Shared,
): Promise<ReturnType<typeof buildApp>> {
  const app = buildApp({ logger: false, defaultRegion: region, stores: store.stores });
  app.addHook("onRequest", (request, _reply, done) => client.run(request.raw.socket, done));
  app.addHook("preHandler", async (request, reply) => {
    const queue = queueOfCall(request.body);
    const refusal = queue === null ? null : await calls.pass(queue);
    if (refusal) return reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
  });
  app.addHook("preSerialization", async (request, _reply, payload) => atHost(payload, request.headers.host));
  app.addHook("onClose", async () => store.persistence.close());
  await app.listen({ host, port });
  return app;
}

/** SQS counts in whole seconds; a time-out of 0 would hand every message out again at once. */
function attributesOf(settings: QueueSettings, paceFactor: number, deadArn: string | null): Record<string, string> {
  const seconds = (ms: number): number => Math.round(ms / paceFactor / 1_000);
  const retention = seconds(deadArn === null ? settings.deadLetterRetentionMs : settings.retentionMs);
  const { min, max } = RETENTION_SECONDS;
  const redrive = { deadLetterTargetArn: deadArn, maxReceiveCount: settings.maxReceives };
  return {
    VisibilityTimeout: String(Math.max(1, seconds(settings.visibilityTimeoutMs))),
    MessageRetentionPeriod: String(Math.min(max, Math.max(min, retention))),
    ...(deadArn === null ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
  };
}

function arnOf(region: string, name: string): string {
  return `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;
}

/** A queue that the store knows from an earlier run keeps its messages and gets the settings of this one. */
function ensureQueue({ stores }: QueueStore, arn: string, attributes: Record<string, string>): StoredQueue {
  const known = stores.sqsStore.getQueueByArn(arn);
  known?.setAttributes(attributes);
  const name = arn.slice(arn.lastIndexOf(":") + 1);
  return known ?? stores.sqsStore.createQueue(name, queueUrl({ host: "localhost", port: 0 }, name), arn, attributes);
}

/** SDKs send to the host in a queue's URL, so an answer must name the one that the asker can reach. */
function atHost(payload: unknown, host: string | undefined): unknown {
  if (typeof payload !== "object" || payload === null || host === undefined) return payload;
  const here = (url: unknown): unknown =>
    typeof url === "string" ? url.replace(/^http:\/\/[^/]+/, `http://${host}`) : url;
  if ("QueueUrl" in payload) return { ...payload, QueueUrl: here(payload.QueueUrl) };
  if ("QueueUrls" in payload && Array.isArray(payload.QueueUrls)) {
    return { ...payload, QueueUrls: payload.QueueUrls.map(here) };
  }
  return payload;
}
