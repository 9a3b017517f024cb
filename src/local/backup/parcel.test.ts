import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { readBackupKey } from "./key.ts";
import { measureParcel, readParcel, writeParcel } from "./parcel.ts";

const KEY = readBackupKey("0f".repeat(32));
const OTHER = readBackupKey("f0".repeat(32));

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  path = join(folder, "parcel");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* pieces(of: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size);
}

async function contents(key: typeof KEY | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readParcel(path, key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each([
  ["plain", null],
  ["encrypted", KEY],
] as const)("a parcel, %s,", (_, key) => {
  test.each([0, 1, 31, 32, 65_535, 65_536, 65_537, 400_000])("gives back what was put in: %i bytes", async (size) => {
    const data = randomBytes(size);
    const written = await writeParcel(path, pieces(data, 50_000), key);
    expect(await contents(key)).toEqual(data);
    expect(await measureParcel(path, key)).toEqual(written);
    expect(written.bytes).toBe(size);
  });

  test("gives nothing whole out of a file in which any byte was changed", async () => {
    await writeParcel(path, pieces(randomBytes(150_000), 50_000), key);
    const stored = readFileSync(path);
    const random = seededRandom(7);
    for (let time = 0; time < 60; time += 1) {
      const at = random.int(stored.length);
      const changed = Buffer.from(stored);
      changed[at] = stored[at]! ^ (1 + random.int(255)); // within its length
      writeFileSync(path, changed);
      const outcome = await contents(key).catch((error: unknown) => error);
      expect(outcome, `byte ${at}`).toMatchObject({ name: "Damage" });
    }
  });

  test("gives nothing whole out of a file that was cut off anywhere, or is gone", async () => {
    await writeParcel(path, pieces(randomBytes(150_000), 50_000), key);
    const stored = readFileSync(path);
    // The last few bytes of one that is not encrypted only say that nothing follows.
    const almost = stored.length - (key === null ? 20 : 1);
    for (const length of [0, 10, 100, 70_000, 65_552 + 70, stored.length - 40, almost]) {
      writeFileSync(path, stored);
      truncateSync(path, length);
      await expect(contents(key), `${length} bytes`).rejects.toMatchObject({ name: "Damage" });
    }
    rmSync(path);
    await expect(contents(key)).rejects.toMatchObject({ kind: "missing" });
  });

  test("leaves nothing behind where its source fails", async () => {
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield randomBytes(100_000);
      throw new Error("the disk is gone");
    };
    await expect(writeParcel(path, failing(), key)).rejects.toThrow("the disk is gone");
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe("an encrypted parcel", () => {
  test("is refused with another key, and without one, by the keys' names", async () => {
    await writeParcel(path, pieces(Buffer.from("secret"), 6), KEY);
    const named = expect.stringContaining(KEY.id);
    await expect(contents(OTHER)).rejects.toMatchObject({ kind: "key", message: named });
    await expect(contents(null)).rejects.toMatchObject({ kind: "key", message: named });
  });

  test("shows nothing of its contents or of the key, and is another one each time", async () => {
    const data = Buffer.from("all that the customers said ".repeat(1_000));
    await writeParcel(path, pieces(data, 5_000), KEY);
    const first = readFileSync(path);
    await writeParcel(path, pieces(data, 5_000), KEY);
    expect(first.includes("customers")).toBe(false);
    expect(first.includes(KEY.secret)).toBe(false);
    expect(first.includes("0f0f0f0f")).toBe(false);
    expect(readFileSync(path)).not.toEqual(first);
  });
});

test("a key that is no key is refused, and not repeated", () => {
  for (const text of ["", "correct horse battery staple", "0f".repeat(31), `${"0f".repeat(31)}0g`]) {
    const message = expect.not.stringMatching(/horse|0f0f/);
    expect(() => readBackupKey(text)).toThrow(expect.objectContaining({ code: "RUN-033", message }));
  }
  expect(readBackupKey("0F".repeat(32)).id).toBe(KEY.id);
});
