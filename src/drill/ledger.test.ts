import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { createCookieJar } from "./cookie-jar.ts";
import { createLedger } from "./ledger.ts";

test("customers ask no more for what was given up, and the ledger knows it still", () => {
  const ledger = createLedger("d");
  const random = seededRandom(1);
  const customer = { id: 0, jar: createCookieJar() };
  const keys = [100, 200, 300].map((at) => {
    const { key } = ledger.open("order", customer, random);
    ledger.acknowledge("order", key, at);
    return key;
  });
  const asked = (): Set<string | undefined> =>
    new Set(Array.from({ length: 50 }, () => ledger.acknowledged("order", random)?.key));
  expect(asked()).toEqual(new Set(keys));
  ledger.forget(150, 250);
  expect(asked()).toEqual(new Set([keys[0], keys[2]]));
  expect(ledger.written(keys[1]!)).toMatchObject({ acknowledgedAt: 200 }); // there are three
  ledger.forget(0, 1_000);
  expect(asked()).toEqual(new Set([undefined]));
});
