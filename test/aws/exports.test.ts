import { describe, expect, test } from "vitest";
import { refuseReplacedInUse } from "../../src/aws/deploy/exports.ts";
import { type TemplateBody, planStack } from "../../src/aws/deploy/plan.ts";
import { type StackChange, type Step, stepsOf } from "../../src/aws/deploy/steps.ts";
import { hasLateWires } from "../../src/aws/deploy/wires.ts";
import { violationsOf } from "../../src/aws/refused.ts";
import type { Assembly, SynthStack } from "../../src/aws/synth.ts";
import type { Template } from "../../src/aws/template.ts";
import { brokenBy } from "../support/export-rule.ts";
import { type Change, EXAMPLES, type Example, STRATEGIES, ship } from "./shipped.ts";

const PRIMARY = "us-east-1";
const SECONDARY = "us-west-2";

/** What is deployed, by the name of the stack. */
type Deployed = ReadonlyMap<string, { readonly stack: SynthStack; readonly template: Template }>;

function asDeployed({ manifest, templates }: Assembly): Deployed {
  return new Map(manifest.stacks.map((stack) => [stack.name, { stack, template: templates[stack.name]! }]));
}

/** A template as CloudFormation keeps it. */
function bodyOf(each: { readonly template: Template } | undefined): TemplateBody | null {
  return each === undefined ? null : { ...each.template };
}

/** Stacks that another assembly had come after its own, as in a deploy. */
function planned(deployed: Deployed, { manifest, templates }: Assembly): readonly Step[] {
  const former = [...deployed.values()].map(({ stack }) => stack).filter(({ name }) => !(name in templates));
  const changes = [...manifest.stacks, ...former].map((stack): StackChange => ({
    stack,
    deployed: bodyOf(deployed.get(stack.name)),
    wanted: { ...templates[stack.name] },
    isToldLate: hasLateWires(manifest, stack.name),
  }));
  return stepsOf(changes);
}

/** Takes steps, and says what CloudFormation refuses of them. */
function take(deployed: Deployed, steps: readonly Step[]): { readonly at: Deployed; readonly broken: string[] } {
  const at = new Map(deployed);
  const broken = steps.flatMap(({ stack, after }) => {
    const next = Object.keys((after as Template).Resources ?? {}).length === 0 ? null : (after as Template);
    const others = [...at.values()].filter((other) => other.stack.region === stack.region);
    const said = brokenBy({
      before: at.get(stack.name)?.template ?? {},
      next,
      others: others.filter((other) => other.stack.name !== stack.name).map(({ template }) => template),
    });
    if (next === null) at.delete(stack.name);
    else at.set(stack.name, { stack, template: next });
    return said.map((each) => `${stack.name}: ${each}`);
  });
  return { at, broken };
}

async function fromTo(example: Example, from: Change, to: Change) {
  const [before, after] = await Promise.all([ship(example, from), ship(example, to)]);
  return { deployed: asDeployed(before.assembly), former: before.assembly, wanted: after.assembly };
}

/** That CloudFormation takes every step to an assembly, and that there is nothing to do after the last. */
function expectTaken(deployed: Deployed, wanted: Assembly): void {
  const { at, broken } = take(deployed, planned(deployed, wanted));
  expect(broken).toEqual([]);
  expect(Object.fromEntries([...at].map(([name, { template }]) => [name, template]))).toEqual(wanted.templates);
  for (const { before, after } of planned(at, wanted)) expect(before).toEqual(after);
}

const changes = STRATEGIES.flatMap((from) =>
  STRATEGIES.filter((to) => to !== from).flatMap((to) =>
    // From and to backups while the second region serves its database would be made anew, which is refused.
    [PRIMARY, SECONDARY]
      .filter((active) => active === PRIMARY || ![from, to].includes("backup-restore"))
      .map((active) => [from, to, active] as const),
  ),
);

describe.each(EXAMPLES)("CloudFormation takes every step of %s", (example) => {
  test.each(changes)("from %s to %s while %s serves", async (from, to, active) => {
    const { deployed, wanted } = await fromTo(example, { recovery: from, active }, { recovery: to, active });
    expectTaken(deployed, wanted);
    // What is kept for a while stands beside all that is new, and AWS must take that, too.
    const firstRound = planned(deployed, wanted).filter(({ round }) => round === 1);
    const halfway = [...take(deployed, firstRound).at.values()];
    const placed = halfway.map(({ stack, template }) => ({ stack: stack.name, region: stack.region, template }));
    expect(violationsOf(placed)).toEqual([]);
  });

  test.each(STRATEGIES)("after a failover and a failback with %s", async (recovery) => {
    const east = { recovery, active: PRIMARY };
    const west = { recovery, active: SECONDARY };
    for (const [from, to] of [
      [east, west],
      [west, east],
    ] as const) {
      const { deployed, wanted } = await fromTo(example, from, to);
      expectTaken(deployed, wanted);
    }
  });
});

test.each(["sessions", "events", "documents", "dispatch"])(
  "CloudFormation takes every step when %s leaves a system, and when it comes back",
  async (id) => {
    const { deployed, former, wanted } = await fromTo("everything", {}, { without: [id] });
    expectTaken(deployed, wanted);
    expectTaken(asDeployed(wanted), former);
  },
);

test("CloudFormation takes every step when one component comes and another goes at once", async () => {
  const { deployed, wanted } = await fromTo("everything", { without: ["sessions"] }, { without: ["rates", "parcels"] });
  expectTaken(deployed, wanted);
});

test.each([
  ["pilot-light", "active-active"],
  ["active-active", "backup-restore"],
] as const)("from %s to %s, a run that stopped anywhere can be gone on with, and taken back", async (from, to) => {
  const { deployed, former, wanted } = await fromTo("shop", { recovery: from }, { recovery: to });
  const steps = planned(deployed, wanted);
  for (const count of steps.keys()) {
    const { at } = take(deployed, steps.slice(0, count));
    expectTaken(at, wanted);
    expectTaken(at, former);
  }
});

test("a replacement of what other stacks use is refused, since no order of steps could bring it about", async () => {
  const change = { active: SECONDARY };
  const { deployed, wanted } = await fromTo(
    "shop",
    { ...change, recovery: "backup-restore" },
    { ...change, recovery: "warm-standby" },
  );
  const steps = planned(deployed, wanted);
  expect(take(deployed, steps).broken.join()).toContain("is changed in use");
  const changing = steps.map(({ stack, before, after }) => ({
    stack,
    deployed: before,
    changes: planStack(stack, before, after).changes,
  }));
  expect(() => refuseReplacedInUse(changing)).toThrow(
    expect.objectContaining({ code: "AWS-055", message: expect.stringContaining("DatabaseCluster") }),
  );
});
