import { describe, expect, test } from "vitest";
import type { LinkEffect, LinkRule } from "./primitive.ts";
import { CLEAR, type LinkPath, blockedBy, delayedBy, effectsOn, isOpen } from "./link-rules.ts";

const path: LinkPath = {
  dialer: { zone: "a" },
  target: { zone: "b", component: "database", instance: "database-b" },
  purpose: "client",
};
const cut: LinkEffect = { kind: "cut" };
const blackHole: LinkEffect = { kind: "black-hole" };

function rule(from: LinkRule["from"], to: LinkRule["to"], effect: LinkEffect = blackHole): LinkRule {
  return { from, to, effect };
}

describe("the rules over a path", () => {
  test("without rules both directions are clear", () => {
    expect(effectsOn([], path)).toEqual({ forward: CLEAR, backward: CLEAR });
  });

  test("a rule from the dialer to the target acts forward alone", () => {
    const { forward, backward } = effectsOn([rule({ zone: "a" }, { zone: "b" })], path);
    expect(forward.blocked).toBe("black-hole");
    expect(backward).toBe(CLEAR);
  });

  test("a rule from the target to the dialer acts backward alone", () => {
    const { forward, backward } = effectsOn([rule({ instance: "database-b" }, { zone: "a" })], path);
    expect(forward).toBe(CLEAR);
    expect(backward.blocked).toBe("black-hole");
  });

  test("a rule between empty places acts on everything, both ways", () => {
    const { forward, backward } = effectsOn([rule({}, {})], path);
    expect([forward.blocked, backward.blocked]).toEqual(["black-hole", "black-hole"]);
  });

  test.each([
    ["another zone", rule({ zone: "c" }, {})],
    ["another target zone", rule({}, { zone: "c" })],
    ["another component", rule({}, { component: "sessions" })],
    ["another instance", rule({}, { instance: "database-c" })],
    ["a component at the dialer's end, which nobody can know", rule({ zone: "a", component: "api" }, {})],
    ["another purpose", { ...rule({}, {}), purposes: ["replication"] } satisfies LinkRule],
  ])("a rule over %s does not act", (_what, other) => {
    expect(effectsOn([other], path)).toEqual({ forward: CLEAR, backward: CLEAR });
  });

  test("a rule that names a zone does not act on what stands beside the zones of a region", () => {
    const regional: LinkPath = { ...path, target: { zone: "us-east-1", component: "orders", instance: null } };
    expect(effectsOn([rule({}, { zone: "b" })], regional).forward).toBe(CLEAR);
    expect(effectsOn([rule({}, { component: "orders" })], regional).forward.blocked).toBe("black-hole");
  });

  test("a cut wins over a black hole, delays add up, the lowest throttle wins", () => {
    const rules = [
      rule({}, {}, blackHole),
      rule({}, {}, cut),
      rule({}, {}, blackHole),
      rule({}, {}, { kind: "slow", delayMs: 20 }),
      rule({}, {}, { kind: "slow", delayMs: 30 }),
      rule({}, {}, { kind: "throttle", bytesPerSecond: 500 }),
      rule({}, {}, { kind: "throttle", bytesPerSecond: 100 }),
      rule({}, {}, { kind: "throttle", bytesPerSecond: 900 }),
    ];
    expect(effectsOn(rules, path).forward).toEqual({ blocked: "cut", delayMs: 50, bytesPerSecond: 100 });
  });

  test("a path is open only where both of its directions are", () => {
    expect(isOpen([rule({}, {}, { kind: "slow", delayMs: 1_000 })], path)).toBe(true);
    expect(isOpen([rule({ zone: "a" }, { zone: "b" })], path)).toBe(false);
    expect(isOpen([rule({ zone: "b" }, { zone: "a" })], path)).toBe(false);
  });

  test("a cut one way wins over a black hole the other way", () => {
    const rules = [rule({ zone: "a" }, {}, blackHole), rule({}, { zone: "a" }, cut)];
    expect(blockedBy(effectsOn(rules, path))).toBe("cut");
  });
});

describe("what health checks feel of a delay", () => {
  test("is a share of it, and all of what blocks", () => {
    const slow = rule({ zone: "a" }, { zone: "b" }, { kind: "slow", delayMs: 200 });
    const effects = delayedBy(effectsOn([slow, rule({ zone: "b" }, { zone: "a" })], path), 0.1);
    expect(effects.forward).toEqual({ blocked: null, delayMs: 20, bytesPerSecond: null });
    expect(effects.backward.blocked).toBe("black-hole");
  });
});
