import { AsyncLocalStorage } from "node:async_hooks";
import type { Socket } from "node:net";
import type { DatabaseSync } from "node:sqlite";
import { type BuildAppOptions, buildApp } from "fauxqs";
import type { QueueSettings } from "../../topology/topology.ts";
import type { Address } from "../address.ts";

/**
 * The queue service of one region: the SQS of the package `fauxqs`, with its store, bound to one loopback address. A
 * message is on disk before it is acknowledged (SQLite in WAL mode syncs each commit), so `kill -9` loses none. Mended
 * here: the move to a dead-letter queue is one transaction, a message that is made visible again is kept, a receive
 * whose client has gone takes no messages, and queue URLs name the host that the asker dialled. Not covered: retention
 * (messages do not expire), message-move tasks, and SQS's occasional duplicates and reordering.
 */

type Stores = NonNullable<BuildAppOptions["stores"]>;
type Store = Stores["sqsStore"];
type Queue = NonNullable<ReturnType<Store["getQueueByName"]>>;
type Persistence = NonNullable<Store["persistence"]>;

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

/** A running queue service. */
export interface QueueServer {
  readonly address: Address;
  depths(): QueueDepths[];
  /** Ends open receives and closes the store. */
  close(): Promise<void>;
}

/** The URL of a queue as seen at `address`: the server's own, or a link's. */
export function queueUrl(address: Address, queue: string): string {
  return `http://${address.host}:${address.port}/${ACCOUNT}/${queue}`;
}

/** Starts the service and creates its queues, each after its dead-letter queue. Rejects where the address is in use. */
export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  const { region, listen, paceFactor, queues } = options;
  const { stores, persistence, database } = await openStores(options.dataDirectory);
  const store = stores.sqsStore;
  const client = new AsyncLocalStorage<Socket>();
  const redelivered = new Map<string, number>();
  for (const { id, settings } of queues) {
    const dead = ensureQueue(store, region, settings.deadLetterQueue, attributesOf(settings, paceFactor, null));
    const queue = ensureQueue(store, region, id, attributesOf(settings, paceFactor, dead.arn));
    watchReceives(queue, { database, client, onAgain: () => redelivered.set(id, (redelivered.get(id) ?? 0) + 1) });
  }
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  // Every call passes here, its operation in the header x-amz-target: the place for faults of the service itself.
  app.addHook("onRequest", (request, _reply, done) => client.run(request.raw.socket, done));
  app.addHook("preSerialization", async (request, _reply, payload) => atHost(payload, request.headers.host));
  app.addHook("onClose", async () => persistence.close());
  await app.listen({ host: listen.host, port: listen.port });
  const bound = app.server.address();
  return {
    address: { host: listen.host, port: typeof bound === "object" && bound ? bound.port : listen.port },
    depths: () =>
      queues.map(({ id, settings }) => ({
        queue: id,
        pending: count(store.getQueueByName(id)),
        stranded: count(store.getQueueByName(settings.deadLetterQueue)),
        redelivered: redelivered.get(id) ?? 0,
      })),
    close: async () => void (await app.close()),
  };
}

/**
 * The package's own start listens on all addresses, so its parts are put together here; they are not among its
 * exports.
 */
async function openStores(
  dataDirectory: string,
): Promise<{ stores: Stores; persistence: Persistence; database: DatabaseSync }> {
  const load = async <T>(path: string, name: string): Promise<new (...args: string[]) => T> => {
    const module: Record<string, new (...args: string[]) => T> = await import(
      new URL(path, import.meta.resolve("fauxqs")).href
    );
    const found = module[name];
    if (!found) throw new Error(`this version of fauxqs has no ${name} in ${path}`);
    return found;
  };
  const sqsStore = new (await load<Stores["sqsStore"]>("./sqs/sqsStore.js", "SqsStore"))();
  const snsStore = new (await load<Stores["snsStore"]>("./sns/snsStore.js", "SnsStore"))();
  const s3Store = new (await load<Stores["s3Store"]>("./s3/s3Store.js", "S3Store"))();
  const persistence = new (await load<Persistence>("./persistence.js", "PersistenceManager"))(dataDirectory);
  const database: DatabaseSync = Reflect.get(persistence, "db");
  // The package's own statement sets the receive count to null, which its table forbids: the message would be gone.
  const ready = database.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  persistence.updateMessageReady = (id) => void ready.run(id);
  // Loading comes first: a store that has its persistence already would write what it reads.
  persistence.load(sqsStore, snsStore, s3Store);
  sqsStore.persistence = snsStore.persistence = s3Store.persistence = persistence;
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  return { stores: { sqsStore, snsStore, s3Store }, persistence, database };
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

/** A queue that the store knows from an earlier run keeps its messages and gets the settings of this one. */
function ensureQueue(store: Store, region: string, name: string, attributes: Record<string, string>): Queue {
  const arn = `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;
  const known = store.getQueueByArn(arn);
  known?.setAttributes(attributes);
  return known ?? store.createQueue(name, queueUrl({ host: "localhost", port: 0 }, name), arn, attributes);
}

/**
 * Makes a receive one transaction, so that a crash cannot fall between leaving a queue and entering its dead-letter
 * queue; gives nothing to a client that hung up while it waited; and counts messages that were received before.
 */
function watchReceives(
  queue: Queue,
  on: { database: DatabaseSync; client: AsyncLocalStorage<Socket>; onAgain: () => void },
): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (...request) => {
    if (on.client.getStore()?.destroyed) return [];
    on.database.exec("BEGIN");
    const received = dequeue(...request);
    on.database.exec("COMMIT");
    for (const { ReceiptHandle } of received) {
      const message = queue.inflightMessages.get(ReceiptHandle)?.message;
      if (message && message.approximateReceiveCount > 1) on.onAgain();
    }
    return received;
  };
}

function count(queue: Queue | undefined): number {
  return queue ? queue.messages.length + queue.inflightMessages.size + queue.delayedMessages.length : 0;
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
