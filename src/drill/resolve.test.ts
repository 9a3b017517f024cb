import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { type Clock, systemClock } from "../base/clock.ts";
import { startDns } from "./fixture/fake-world.ts";
import { createResolver } from "./resolve.ts";

test("a resolver asks once a TTL, however many want to know", async () => {
  const dns = await startDns(["127.0.0.2", "127.0.0.3"]);
  let skipped = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + skipped };
  const resolver = createResolver({ dns: [{ host: "127.0.0.1", port: dns.port }] }, clock);
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
    const empty = createResolver({ dns: [{ host: "127.0.0.1", port: dns.port }] }, systemClock);
    await expect(empty.addresses("shop.test")).rejects.toThrow("no address of shop.test");
  } finally {
    dns.close();
  }
  const gone = createResolver({ dns: [{ host: "127.0.0.1", port: dns.port }] }, systemClock);
  await expect(gone.addresses("shop.test")).rejects.toThrow("no address of shop.test");
});

test("a resolver asks the next server where one is silent, and nobody for addresses that never change", async () => {
  const silent = createSocket("udp4").bind(0, "127.0.0.4");
  await once(silent, "listening");
  const dns = await startDns(["127.0.0.2"]);
  try {
    const servers = [
      { host: "127.0.0.4", port: silent.address().port },
      { host: "127.0.0.1", port: dns.port },
    ];
    expect(await createResolver({ dns: servers }, systemClock).addresses("shop.test")).toEqual(["127.0.0.2"]);
    const fixed = createResolver({ addresses: ["127.0.0.9"] }, systemClock);
    expect(await fixed.addresses("shop.test")).toEqual(["127.0.0.9"]);
    expect(dns.asked()).toBe(1);
  } finally {
    dns.close();
    silent.close();
  }
});
