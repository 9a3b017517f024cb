/** A call that is to vanish on its way to a service. */
export interface TrapOrder {
  /** An operation of the API, such as `DeleteMessage`. */
  readonly operation: string;
  /** Called at once when a call was caught. */
  onCaught(): void;
}

/** A head that is longer than this is of no API call that we know. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Follows the HTTP/1.1 requests that one connection sends (one at a time, as all clients of the AWS APIs do), and
 * swallows the first call that an armed trap names, and everything after it: the connection hangs. Knows the JSON
 * protocol (`x-amz-target: AmazonSQS.DeleteMessage`) and the query protocol (`Action=DeleteMessage` in the path or in
 * a form). The beginning of a caught request may have been forwarded where it came in pieces; its end never is, so it
 * is never executed.
 */
export class CallTrap {
  readonly #armed: () => TrapOrder | null;
  #caught = false;
  /** What was read of the request under way, up to the end of what can name its operation. */
  #text = "";
  /** Bytes of its body that are still to come; null: its head is not complete; "chunked": until the last chunk. */
  #body: number | "chunked" | null = null;

  constructor(armed: () => TrapOrder | null) {
    this.#armed = armed;
  }

  /** Whether this chunk vanishes; chunks are to be shown in order. */
  swallows(chunk: Buffer): boolean {
    if (this.#caught) return true;
    this.#follow(chunk);
    const trap = this.#armed();
    // A body that is complete ends its last parameter.
    const text = this.#body === 0 ? `${this.#text}&` : this.#text;
    if (trap === null || !names(text, trap.operation)) return false;
    this.#caught = true;
    trap.onCaught();
    return true;
  }

  #follow(chunk: Buffer): void {
    if (this.#body === 0 || this.#text.length > MAX_HEAD_BYTES) this.#begin();
    if (this.#body === null) {
      this.#text += chunk.toString("latin1");
      const end = this.#text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#text.slice(0, end + 2);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      const chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
      this.#body = chunked ? "chunked" : Math.max(0, Number(length ?? 0) - (this.#text.length - end - 4));
      if (!isForm(head)) this.#text = head;
    } else if (isForm(this.#text)) {
      this.#text += chunk.toString("latin1");
      if (this.#body !== "chunked") this.#body = Math.max(0, this.#body - chunk.length);
    } else if (this.#body !== "chunked") this.#body = Math.max(0, this.#body - chunk.length);
    if (this.#body === "chunked" && chunk.toString("latin1").endsWith("0\r\n\r\n")) this.#body = 0;
  }

  #begin(): void {
    this.#text = "";
    this.#body = null;
  }
}

function isForm(head: string): boolean {
  return /\r\ncontent-type: *application\/x-www-form-urlencoded/i.test(head);
}

/** Whether a request, as far as it was read, calls `operation`; a head must be complete to tell. */
function names(text: string, operation: string): boolean {
  return (
    new RegExp(String.raw`\r\nx-amz-target: *AmazonSQS\.${operation} *\r\n`, "i").test(text) ||
    new RegExp(String.raw`(?:[?&\n])Action=${operation}[& \r\n]`, "i").test(text)
  );
}
