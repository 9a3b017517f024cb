import { expect, test } from "vitest";
import { type Clock, systemClock } from "../base/clock.ts";
import { startDns } from "./fixture/fake-world.ts";
import { createResolver } from "./resolve.ts";

test("a resolver asks once a TTL, however many want to know", async () => {
  const dns = await startDns(["127.0.0.2", "127.0.0.3"]);
  let skipped = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + skipped };
  const resolver = createResolver({ host: "127.0.0.1", port: dns.port }, clock);
  try {
    const answers = await Promise.all([1, 2, 3].map(() => resolver.addresses("shop.test")));
    expect(answers).toEqual([1, 2, 3].map(() => ["127.0.0.2", "127.0.0.3"]));
    expect(dns.asked()).toBe(1);
    skipped = 500;
    await resolver.addresses("shop.test");
    expect(dns.asked()).toBe(1);
    skipped = 1_100; // its TTL is a second
    await resolver.addresses("shop.test");
    expect(dns.asked()).toBe(2);
  } finally {
    dns.close();
  }
});

test("a resolver rejects where nobody answers or there is no address", async () => {
  const dns = await startDns([]);
  try {
    const empty = createResolver({ host: "127.0.0.1", port: dns.port }, systemClock);
    await expect(empty.addresses("shop.test")).rejects.toThrow("no address of shop.test");
  } finally {
    dns.close();
  }
  const gone = createResolver({ host: "127.0.0.1", port: dns.port }, systemClock);
  await expect(gone.addresses("shop.test")).rejects.toThrow("no address of shop.test");
});
