import { describe, expect, test } from "vitest";
import { REFUSALS, violationsOf } from "../../src/aws/refused.ts";
import { wideIn } from "../../src/aws/refused/permission.ts";
import { Draft } from "./fixture/draft.ts";
import * as back from "./fixture/mutation-back.ts";
import * as front from "./fixture/mutation-front.ts";
import { EXAMPLES, STRATEGIES, ship } from "./shipped.ts";

const MUTATIONS = Object.fromEntries(
  [front, back].flatMap((each) => Object.values(each)).flatMap((each) => Object.entries(each)),
);
const ALL = EXAMPLES.flatMap((example) => STRATEGIES.map((recovery) => [example, recovery] as const));

describe.each(ALL)("%s, shipped for %s", (example, recovery) => {
  test.each(["us-east-1", "us-west-2"])("is nothing that AWS refuses, while %s serves", async (active) => {
    const { templates } = await ship(example, { recovery, active });
    expect(violationsOf(templates)).toEqual([]); // synthesize would have thrown; this says that it looks at all of them
  });

  test.each(["us-east-1", "us-west-2"])("allows nobody more than they need, while %s serves", async (active) => {
    const { templates } = await ship(example, { recovery, active });
    expect(wideIn(templates)).toEqual([]);
  });
});

describe("a mutation of the example with everything", () => {
  test.each(REFUSALS.map((refusal) => [refusal.id, refusal.title]))("fails %s: %s", async (id) => {
    const draft = new Draft((await ship("everything", { recovery: "warm-standby" })).templates);
    MUTATIONS[id]?.(draft);
    expect([...new Set(violationsOf(draft.templates).map(({ refusal }) => refusal.id))]).toEqual([id]);
  });
});
