import {
  AUTHORITATIVE_ANSWER,
  type Answer as Resource,
  type DecodedPacket,
  type Packet,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  decode,
  encode,
} from "dns-packet";
import type { Answer } from "./zone.ts";

/**
 * DNS messages for an authoritative server (RFC 1035, 2308, 6891): turns a query into a question, and an answer into a
 * packet. Not covered: DNSSEC, zone transfer, updates, EDNS options (they are ignored).
 */

const HEADER_BYTES = 12;
const CLASSIC_UDP_BYTES = 512;
/** What a UDP answer may take where the asker says that it can: beyond this, packets tend to be fragmented. */
const EDNS_UDP_BYTES = 1232;

const RCODE = { noError: 0, formatError: 1, serverFailure: 2, nameError: 3, notImplemented: 4, refused: 5 } as const;
/** BADVERS is 16: its low four bits are in the header, the rest is in the OPT record. */
const BAD_VERSION_HIGH_BITS = 1;

/** A question that the server can answer. */
export interface Question {
  readonly name: string;
  readonly type: string;
}

/** Looks up the answer to a question. */
export type LookUp = (question: Question) => Answer;

/** The packet that answers `query`; null where nothing may be said (no header, or an answer itself). Never throws. */
export function respond(query: Buffer, transport: "udp" | "tcp", lookUp: LookUp): Buffer | null {
  if (query.length < HEADER_BYTES || (query[2]! & 0x80) !== 0) return null; // a header is there
  try {
    return answerPacket(decode(query), transport, lookUp);
  } catch {
    return headerOnly(query, RCODE.formatError);
  }
}

function answerPacket(query: DecodedPacket, transport: "udp" | "tcp", lookUp: LookUp): Buffer {
  const opt = query.additionals?.find((record) => record.type === "OPT");
  const base: Packet = {
    type: "response",
    id: query.id ?? 0,
    flags: (query.flags ?? 0) & RECURSION_DESIRED,
    questions: query.questions ?? [],
    additionals: opt ? [optRecord(opt.ednsVersion > 0 ? BAD_VERSION_HIGH_BITS : 0)] : [],
  };
  const only = (rcode: number): Buffer => encode({ ...base, flags: base.flags! | rcode }); // base has flags
  if (opt && opt.ednsVersion > 0) return only(RCODE.noError);
  if (opcodeOf(query) !== 0) return only(RCODE.notImplemented);
  const question = query.questions?.[0];
  if (!question || query.questions?.length !== 1) return only(RCODE.formatError);
  if (question.class !== "IN") return only(RCODE.refused);
  const found = lookUp(question);
  const packet = encode({ ...base, ...sections(found, question, base.flags!) }); // base has flags
  const limit = opt ? Math.min(Math.max(opt.udpPayloadSize, CLASSIC_UDP_BYTES), EDNS_UDP_BYTES) : CLASSIC_UDP_BYTES;
  if (transport === "tcp" || packet.length <= limit) return packet;
  return only(AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE);
}

/** Bits 11 to 14 of the flags. */
function opcodeOf(query: Packet): number {
  return ((query.flags ?? 0) >> 11) & 0xf;
}

function sections(found: Answer, question: Question, flags: number): Packet {
  const { zone, outcome } = found;
  if (!zone) return { flags: flags | RCODE.refused };
  const authoritative = flags | AUTHORITATIVE_ANSWER;
  const { name } = question;
  if (outcome === "answer") {
    const answers = found.addresses.map((data): Resource => ({ type: "A", name, ttl: found.ttlSeconds, data }));
    return { flags: authoritative, answers };
  }
  const apex = name.toLowerCase() === zone.origin;
  if (apex && question.type === "SOA") return { flags: authoritative, answers: [soa(zone)] };
  if (apex && question.type === "NS") {
    return {
      flags: authoritative,
      answers: [{ type: "NS", name, ttl: zone.negativeTtlSeconds, data: nameServer(zone) }],
    };
  }
  const rcode = outcome === "no-such-name" ? RCODE.nameError : RCODE.noError;
  return { flags: authoritative | rcode, authorities: [soa(zone)] };
}

function soa(zone: { origin: string; negativeTtlSeconds: number }): Resource {
  const { origin, negativeTtlSeconds: ttl } = zone;
  const data = { mname: nameServer(zone), rname: `hostmaster.${origin}`, serial: 1, minimum: ttl };
  return { type: "SOA", name: origin, ttl, data: { ...data, refresh: 7_200, retry: 900, expire: 1_209_600 } };
}

function nameServer({ origin }: { origin: string }): string {
  return `ns.${origin}`;
}

function optRecord(extendedRcode: number): Resource {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: EDNS_UDP_BYTES,
    extendedRcode,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

/** An answer to what could not be read: the asker's id, and what went wrong. */
function headerOnly(query: Buffer, rcode: number): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES);
  query.copy(packet, 0, 0, 2);
  packet[2] = 0x80 | (query[2]! & 0x79); // a header is there; opcode and recursion desired are the asker's
  packet[3] = rcode;
  return packet;
}
