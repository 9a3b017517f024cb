import type { DatabaseSync } from "node:sqlite";
import type { BuildAppOptions } from "fauxqs";

type Stores = NonNullable<BuildAppOptions["stores"]>;
type Store = Stores["sqsStore"];
type Persistence = NonNullable<Store["persistence"]>;

/** One queue of the store, with its messages. */
export type StoredQueue = NonNullable<ReturnType<Store["getQueueByName"]>>;

/** A message of a queue of the store. */
export type StoredMessage = StoredQueue["messages"][number];

/** The store of a queue service, and the disk that it writes through to. */
export interface QueueStore {
  readonly stores: Stores;
  readonly persistence: Persistence;
  readonly database: DatabaseSync;
  /** A new message, with an id and a time of its own. */
  createMessage(body: string, attributes?: StoredMessage["messageAttributes"]): StoredMessage;
}

/**
 * Opens the store in a folder, which is made where it is missing. The package's own start listens on all addresses, so
 * its parts are put together here; they are not among its exports.
 */
export async function openQueueStore(dataDirectory: string): Promise<QueueStore> {
  const Sqs = await load<Store>("./sqs/sqsStore.js", "SqsStore");
  const sqsStore = new Sqs();
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
  const stores = { sqsStore, snsStore, s3Store };
  return { stores, persistence, database, createMessage: Reflect.get(Sqs, "createMessage") };
}

async function load<T>(path: string, name: string): Promise<new (...args: string[]) => T> {
  const module: Record<string, new (...args: string[]) => T> = await import(
    new URL(path, import.meta.resolve("fauxqs")).href
  );
  const found = module[name];
  if (!found) throw new Error(`this version of fauxqs has no ${name} in ${path}`);
  return found;
}
