import type { QueueStore, StoredMessage, StoredQueue } from "./queue-store.ts";

/** What a queue with a dead-letter queue is made of. */
export interface RedrivenQueueParts {
  readonly store: QueueStore;
  readonly queue: StoredQueue;
  /** Its dead-letter queue. */
  readonly dead: StoredQueue;
  /** Whether a receive may have messages now: not where its client hung up, nor while the queue is unavailable. */
  mayReceive(): boolean;
  /** A message has used up its receives and is in the dead-letter queue now, on disk. */
  onDeadLetter(messageId: string): void;
  /** The consumer that always fails is done with one message. */
  onStranded(): void;
}

/**
 * A queue together with its dead-letter queue. A receive is one transaction here, so that a crash cannot fall between
 * leaving a queue and entering its dead-letter queue, and it is counted where the message was received before.
 */
export class RedrivenQueue {
  readonly #parts: RedrivenQueueParts;
  readonly #receive: StoredQueue["dequeue"];
  readonly #send: StoredQueue["enqueue"];
  readonly #poison = new Set<string>();
  #toStrand = 0;
  #redelivered = 0;

  constructor(parts: RedrivenQueueParts) {
    this.#parts = parts;
    const { queue } = parts;
    this.#receive = queue.dequeue.bind(queue);
    this.#send = queue.enqueue.bind(queue);
    queue.dequeue = (...request) => (parts.mayReceive() ? this.#receiveWhole(...request) : []);
    queue.enqueue = (message) => {
      this.#send(message);
      this.#strandWhatCame();
    };
  }

  /** Visible, in flight and delayed. */
  get pending(): number {
    return count(this.#parts.queue);
  }

  /** In its dead-letter queue. */
  get stranded(): number {
    return count(this.#parts.dead);
  }

  /** Receives beyond a message's first. */
  get redelivered(): number {
    return this.#redelivered;
  }

  /** Puts a message in as it is; {@link strand} leaves it to the real consumers. */
  poison(body: string): void {
    const message = this.#parts.store.createMessage(body);
    this.#poison.add(message.messageId);
    this.#send(message);
  }

  /**
   * A consumer that always fails takes the next `messages` that come, and receives each of them until the queue has
   * moved it to its dead-letter queue. It gives back at once what it received, so real consumers do not come between.
   */
  strand(messages: number): void {
    this.#toStrand += messages;
    this.#strandWhatCame();
  }

  /**
   * Ends that consumer, and moves all that is visible in the dead-letter queue back in one transaction. What comes back
   * is a new message to SQS: with a new id, sent now, and with all of its receives before it. Returns how many came.
   */
  redrive(): number {
    const { store, dead } = this.#parts;
    this.#toStrand = 0;
    dead.processTimers();
    const moved = dead.messages.splice(0);
    store.database.exec("BEGIN");
    for (const { messageId, body, messageAttributes } of moved) {
      store.persistence.deleteMessage(messageId);
      const again = store.createMessage(body, messageAttributes);
      if (this.#poison.delete(messageId)) this.#poison.add(again.messageId);
      this.#send(again);
    }
    store.database.exec("COMMIT");
    return moved.length;
  }

  /** All messages that nobody has worked off, also those that somebody has received. Left where they are. */
  list(): readonly { readonly id: string; readonly body: string }[] {
    const { queue } = this.#parts;
    const received = [...queue.inflightMessages.values()].map(({ message }) => message);
    const all = [...queue.messages, ...received, ...queue.delayedMessages];
    return all.map(({ messageId, body }) => ({ id: messageId, body }));
  }

  /** Sends messages as a producer would. */
  put(bodies: readonly string[]): void {
    for (const body of bodies) this.#send(this.#parts.store.createMessage(body));
  }

  /** Deletes these messages, whoever has received them. */
  remove(ids: readonly string[]): void {
    const { queue, store } = this.#parts;
    const gone = new Set(ids);
    queue.messages = queue.messages.filter(({ messageId }) => !gone.has(messageId));
    queue.delayedMessages = queue.delayedMessages.filter(({ messageId }) => !gone.has(messageId));
    for (const [handle, { message }] of queue.inflightMessages) {
      if (gone.has(message.messageId)) queue.inflightMessages.delete(handle);
    }
    for (const id of ids) store.persistence.deleteMessage(id);
  }

  #receiveWhole(...request: Parameters<StoredQueue["dequeue"]>): ReturnType<StoredQueue["dequeue"]> {
    const { store, queue, dead, onDeadLetter } = this.#parts;
    const deadBefore = dead.messages.length;
    store.database.exec("BEGIN");
    const received = this.#receive(...request);
    store.database.exec("COMMIT");
    for (const { ReceiptHandle } of received) {
      const message = queue.inflightMessages.get(ReceiptHandle)?.message;
      if (message && message.approximateReceiveCount > 1) this.#redelivered++;
    }
    for (const { messageId } of dead.messages.slice(deadBefore)) onDeadLetter(messageId);
    return received;
  }

  #strandWhatCame(): void {
    const { queue } = this.#parts;
    while (this.#toStrand > 0) {
      const next = queue.messages.find(({ messageId }) => !this.#poison.has(messageId));
      if (!next) return;
      this.#toStrand--;
      this.#exhaust(next);
      this.#parts.onStranded();
    }
  }

  /** Receives one message alone, and fails, until it has gone. */
  #exhaust(message: StoredMessage): void {
    const { queue, store } = this.#parts;
    while (queue.messages.includes(message)) {
      const others = queue.messages.filter((each) => each !== message);
      queue.messages = [message];
      const received = this.#receiveWhole(1, undefined, (arn) => store.stores.sqsStore.getQueueByArn(arn));
      queue.messages = [...queue.messages, ...others];
      for (const { ReceiptHandle } of received) queue.changeVisibility(ReceiptHandle, 0);
    }
  }
}

function count(queue: StoredQueue): number {
  return queue.messages.length + queue.inflightMessages.size + queue.delayedMessages.length;
}
