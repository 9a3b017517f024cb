import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { seal, unseal } from "./seal.ts";

const KEY = randomBytes(32);
const SEALED_CHUNK = 65_536 + 16;

async function* pieces(of: Buffer, size = 100_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size);
}

async function all(of: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of of) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([0, 1, 65_536, 65_537, 200_000])("what was sealed comes back: %i bytes", async (size) => {
  const data = randomBytes(size);
  const sealed = await all(seal(pieces(data), KEY));
  expect(await all(unseal(pieces(sealed, 777), KEY))).toEqual(data);
});

test("no chunk can be left out at the end, moved, repeated or exchanged", async () => {
  const sealed = await all(seal(pieces(randomBytes(3 * 65_536)), KEY));
  const chunk = (number: number): Buffer => sealed.subarray(number * SEALED_CHUNK, (number + 1) * SEALED_CHUNK);
  const forgeries = [
    [chunk(0), chunk(1)],
    [chunk(1), chunk(0), chunk(2)],
    [chunk(0), chunk(0), chunk(1), chunk(2)],
    [chunk(0), chunk(2)],
    [chunk(0), chunk(1), chunk(2), chunk(2)],
    [chunk(2)],
    [],
  ];
  for (const forged of forgeries)
    await expect(all(unseal(pieces(Buffer.concat(forged)), KEY))).rejects.toMatchObject({ name: "Damage" });
});
