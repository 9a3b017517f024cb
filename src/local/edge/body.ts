import type { IncomingMessage } from "node:http";

/** A request's body, of which the beginning has been read. */
export interface Body {
  /** What the firewall may look at. */
  readonly beginning: Buffer;
  /** What goes to the origin: all of it where it is short, else a stream; null where there is none. */
  readonly whole: Buffer | AsyncIterable<Buffer> | null;
}

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Reads `limit` bytes at least, or all that there is. Rejects where the customer breaks off. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= limit) resolve(false);
  };
  const onEnd = (): void => resolve(true);
  const onClose = (): void => reject(new Error("the customer broke off"));
  request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
  const complete = await promise.finally(() => {
    request.pause();
    request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
  });
  const read = Buffer.concat(chunks);
  return { beginning: read.subarray(0, limit), whole: complete ? read : rest(read, request) };
}

async function* rest(read: Buffer, request: IncomingMessage): AsyncGenerator<Buffer> {
  yield read;
  yield* request;
}
