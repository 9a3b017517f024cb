import { describe, expect, test } from "vitest";
import { type TemplateBody, isEmpty, planStack } from "../../src/aws/deploy/plan.ts";
import { allOn, goingIn, madeIn } from "../../src/aws/deploy/protection.ts";
import { type StackChange, type Step, stepsOf } from "../../src/aws/deploy/steps.ts";
import { hasLateWires } from "../../src/aws/deploy/wires.ts";
import type { Assembly } from "../../src/aws/synth.ts";
import type { Template } from "../../src/aws/template.ts";
import { keptFrom, leftByRollback, protectedIn } from "../support/protection-rule.ts";
import { type Change, EXAMPLES, ship } from "./shipped.ts";

const NOTHING: Template = {};

/** From nothing, to an assembly, to nothing: `null` is nothing. */
function steps(from: Assembly | null, to: Assembly | null): readonly Step[] {
  const stacks = new Map([...(to?.manifest.stacks ?? []), ...(from?.manifest.stacks ?? [])].map((s) => [s.name, s]));
  const changes = [...stacks.values()].map((stack): StackChange => ({
    stack,
    deployed: (from?.templates[stack.name] as TemplateBody | undefined) ?? null,
    wanted: { ...to?.templates[stack.name] },
    isToldLate: to !== null && hasLateWires(to.manifest, stack.name),
  }));
  return stepsOf(changes);
}

/** What a step switches off before it and while it goes on, and what AWS would refuse of it all the same. */
function taken({ stack, before, after }: Step) {
  const { changes } = planStack(stack, before, after);
  const [going, made] = [goingIn({ before, after, changes }), madeIn({ before, after, changes })];
  const off = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "false"]));
  const former = { template: (before ?? NOTHING) as Template, parameters: off(going) };
  const next = { template: after as Template, parameters: { ...allOn(after), ...off(made) } };
  return {
    lifted: going.map((name) => `${stack.name} ${name}`),
    refused: [...keptFrom(former, isEmpty(after) ? null : next.template), ...leftByRollback(next, former.template)].map(
      (part) => `${stack.name} ${part}`,
    ),
  };
}

async function all(example: (typeof EXAMPLES)[number], from: Change | null, to: Change | null) {
  const [one, other] = await Promise.all([from && ship(example, from), to && ship(example, to)]);
  const each = steps(one?.assembly ?? null, other?.assembly ?? null).map(taken);
  return { lifted: each.flatMap(({ lifted }) => lifted), refused: each.flatMap(({ refused }) => refused) };
}

const WARM: Change = { recovery: "warm-standby" };
const COLD: Change = { recovery: "backup-restore" };

describe.each(EXAMPLES)("nothing that is protected from deletion is in the way of %s", (example) => {
  test("when its first creation is rolled back, at whichever stack", async () => {
    const { templates } = await ship(example, WARM);
    const guarded = templates.flatMap(({ template }) => protectedIn({ template, parameters: {} }));
    expect(guarded.length).toBeGreaterThan(2);
    expect(await all(example, null, WARM)).toEqual({ lifted: [], refused: [] });
  });

  test("when it is destroyed, nor when a strategy leaves the second region and comes back", async () => {
    const destroyed = await all(example, WARM, null);
    const left = await all(example, WARM, COLD);
    const back = await all(example, COLD, WARM);
    for (const { refused } of [destroyed, left, back]) expect(refused).toEqual([]);
    expect(destroyed.lifted.length).toBeGreaterThan(left.lifted.length);
    for (const name of left.lifted) expect(name).toContain(name.includes("-data-") ? "UsWest2" : "-us-west-2 ");
    expect(back.lifted).toEqual([]);
  });
});

test("what is retained is not unprotected: of a system's data only replicas that go", async () => {
  const { lifted } = await all("everything", WARM, COLD);
  expect(lifted.filter((name) => name.includes("-data-"))).toEqual([
    "parcels-production-data-us-east-1 ParcelsUsWest2DeletionProtection",
    "parcels-production-data-us-east-1 ToursUsWest2DeletionProtection",
  ]);
  const { lifted: destroyed } = await all("everything", WARM, null);
  expect(destroyed.filter((name) => name.includes("-data-"))).toEqual([]);
});
