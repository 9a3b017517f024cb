import { array, assert, boolean, constantFrom, integer, nat, oneof, property, record, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { createCancelledCommitDetector } from "./postgres-inspector.ts";

/** What PostgreSQL 18.4 sent when a commit's wait was cancelled: the warning, then `INSERT 0 1` and "ready". */
const CANCELLED = Buffer.from(
  [
    "4e000000e4535741524e494e4700565741524e494e4700433031303030004d63616e63656c696e67207761697420666f7220",
    "73796e6368726f6e6f7573207265706c69636174696f6e2064756520746f2075736572207265717565737400445468652074",
    "72616e73616374696f6e2068617320616c726561647920636f6d6d6974746564206c6f63616c6c792c20627574206d696768",
    "74206e6f742068617665206265656e207265706c69636174656420746f20746865207374616e6462792e004673796e637265",
    "702e63004c333232005253796e6352657057616974466f724c534e0000430000000f494e5345525420302031005a00000005",
    "49",
  ].join(""),
  "hex",
);
/** Where the warning ends in them. */
const WARNING_BYTES = 1 + CANCELLED.readInt32BE(1);

function message(type: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(type), length, bytes]);
}

const WARNING = CANCELLED.subarray(0, WARNING_BYTES);
/** A notice of the program's own, which may well speak of the same. */
const OTHER_NOTICE = message(
  "N",
  `SWARNING\0VWARNING\0C01000\0MSyncRepWaitForLSN: canceling wait\0Rexec_stmt_raise\0\0`,
);
const START = Buffer.concat([message("R", Buffer.alloc(4)), message("S", "TimeZone\0UTC\0"), message("Z", "I")]);
const SUCCESS = Buffer.concat([message("C", "COMMIT\0"), message("Z", "I")]);

describe("the detector of cancelled commits", () => {
  test("sees the warning that a real server sent, before the success that follows it", () => {
    const detect = createCancelledCommitDetector();
    expect(detect(Buffer.from("N"))).toBe(false);
    expect(detect(START)).toBe(false);
    expect(detect(CANCELLED.subarray(0, WARNING_BYTES - 1))).toBe(false);
    expect(detect(CANCELLED.subarray(WARNING_BYTES - 1, WARNING_BYTES))).toBe(true);
    expect(detect(CANCELLED.subarray(WARNING_BYTES))).toBe(true);
  });

  test("is silent on success, on errors, and on notices of programs", () => {
    const detect = createCancelledCommitDetector();
    for (const bytes of [START, SUCCESS, OTHER_NOTICE, message("E", WARNING.subarray(5)), SUCCESS]) {
      expect(detect(bytes)).toBe(false);
    }
  });

  test("gives up on what it cannot read: encryption, another protocol, nonsense", () => {
    for (const first of ["S", "G", "HTTP/1.1 200 OK", "R\0\0\0\u0001"]) {
      const detect = createCancelledCommitDetector();
      expect(detect(Buffer.concat([Buffer.from(first), WARNING]))).toBe(false);
    }
  });

  test("is the same for every way to cut the stream", () => {
    const other = oneof(
      uint8Array({ maxLength: 300 }).map((body) => message("D", Buffer.from(body))),
      constantFrom(OTHER_NOTICE, SUCCESS, message("D", WARNING)),
    );
    const stream = record({
      refusals: integer({ min: 0, max: 2 }),
      before: array(other, { maxLength: 5 }),
      cancelled: boolean(),
      after: array(other, { maxLength: 3 }),
      cuts: array(nat(3_000), { maxLength: 40 }),
    });
    assert(
      property(stream, ({ refusals, before, cancelled, after, cuts }) => {
        const warning = cancelled ? [WARNING] : [];
        const head = Buffer.concat([Buffer.alloc(refusals, "N"), START, ...before, ...warning]);
        const bytes = Buffer.concat([head, ...after]);
        const detect = createCancelledCommitDetector();
        const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          // It says so with the chunk that completes the warning: not earlier, not later.
          expect(detect(bytes.subarray(from, end))).toBe(cancelled && end >= head.length);
          from = end;
        }
      }),
      { numRuns: 500 },
    );
  });
});
