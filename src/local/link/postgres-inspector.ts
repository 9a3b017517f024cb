/**
 * Watches what a PostgreSQL server sends to its client for one thing: the warning that a wait for synchronous
 * replication was cancelled. The server then reports *success* although no standby may have the commit, so the
 * connection has to be dropped before the client reads it. Not seen: connections that are encrypted (our engines offer
 * no TLS), and sessions that set `client_min_messages` above `warning`, to which the server does not send it.
 */

const AUTHENTICATION = 0x52; // R, the first message of a session that is let in
const ERROR = 0x45; // E
const NEGOTIATE_VERSION = 0x76; // v
const NOTICE = 0x4e; // N; before the session begins: "no TLS"
const TLS = 0x53; // S, before the session begins: "TLS from here on"
const GSS = 0x47; // G, likewise

/** The server's own name of the function that gives that warning: the same in all languages, unlike its text. */
const ROUTINE = "SyncRepWaitForLSN";

const HEADER_BYTES = 5;

/** A notice longer than this is not read: the one that matters has some two hundred bytes. */
const LONGEST_NOTICE = 8_192;

/**
 * Makes a detector for one connection. It is fed every chunk that the server sends, cut anywhere, and says true from
 * the chunk on in which the warning is complete: that chunk must not be passed on. Bodies of other messages are
 * skipped, not read.
 */
export function createCancelledCommitDetector(): (chunk: Buffer) => boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let begun = false; // the session: past the one-byte answers
  let blind = false;
  let found = false;
  let skip = 0; // bytes of a body that are still to come and do not matter
  let notice: Buffer | undefined; // a notice that is being collected
  let noticeBytes = 0;

  /** Takes the next byte of a header; before the session begins, a byte may stand for itself. */
  const takeHeaderByte = (byte: number): void => {
    if (!begun && headerBytes === 0) {
      if (byte === NOTICE) return;
      blind = byte === TLS || byte === GSS || ![AUTHENTICATION, ERROR, NEGOTIATE_VERSION].includes(byte);
      begun = !blind;
    }
    header[headerBytes] = byte;
    headerBytes += 1;
    if (headerBytes < HEADER_BYTES) return;
    headerBytes = 0;
    const length = header.readInt32BE(1) - 4;
    if (length < 0) blind = true;
    else if (header[0] === NOTICE && length <= LONGEST_NOTICE) notice = Buffer.alloc(length);
    else skip = length;
  };

  /** Copies what it can of a notice, and looks at it when it is whole; gives the bytes taken. */
  const takeNotice = (chunk: Buffer, at: number, into: Buffer): number => {
    const taken = chunk.copy(into, noticeBytes, at);
    noticeBytes += taken;
    if (noticeBytes < into.length) return taken;
    found = tellsOfCancelledCommit(into);
    notice = undefined;
    noticeBytes = 0;
    return taken;
  };

  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (blind || found) break;
      if (skip > 0) {
        const skipped = Math.min(skip, chunk.length - at);
        skip -= skipped;
        at += skipped;
      } else if (notice) {
        at += takeNotice(chunk, at, notice);
      } else {
        takeHeaderByte(chunk[at]!); // at is below the length
        at += 1;
      }
    }
    return found;
  };
}

/** Fields of a notice: a letter and a text that ends in a zero byte, each. */
function tellsOfCancelledCommit(body: Buffer): boolean {
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) return false;
    if (body[at] === 0x52 && body.toString("latin1", at + 1, end) === ROUTINE) return true; // R, the routine
    at = end + 1;
  }
  return false;
}
