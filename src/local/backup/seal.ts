/**
 * Encryption of a stream in chunks, each authenticated with its number and whether it is the last: none can be changed,
 * moved, left out or cut off unnoticed. The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online
 * Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015, https://eprint.iacr.org/2015/189) with
 * AES-256-GCM and a key of each file's own.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { Damage } from "./damage.ts";

const CHUNK = 65_536;
const TAG = 16;
const NONCE = 12;

/** Encrypts what comes from `source`. */
export async function* seal(source: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { chunk, isLast } of chunksOf(source, CHUNK)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce(number++, isLast));
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Decrypts what {@link seal} made; rejects with {@link Damage} at the first chunk that is not as it was. */
export async function* unseal(source: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { chunk, isLast } of chunksOf(source, CHUNK + TAG)) {
    if (chunk.length < TAG) throw new Damage("truncated", "the last chunk is cut off");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce(number++, isLast));
    decipher.setAuthTag(chunk.subarray(-TAG));
    const plain = decipher.update(chunk.subarray(0, -TAG));
    try {
      decipher.final();
    } catch (error) {
      throw new Damage("corrupt", `chunk ${number} is not as it was written, or what follows it is gone`, error);
    }
    yield plain;
  }
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(NONCE);
  bytes.writeUIntBE(number, NONCE - 7, 6);
  bytes[NONCE - 1] = isLast ? 1 : 0;
  return bytes;
}

/** Cuts a stream into chunks of `size`; the last may be shorter, and is there even where nothing comes. */
async function* chunksOf(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ readonly chunk: Buffer; readonly isLast: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    // One that is just full may be the last.
    while (rest.length > size) {
      yield { chunk: rest.subarray(0, size), isLast: false };
      rest = rest.subarray(size);
    }
  }
  yield { chunk: rest, isLast: true };
}
