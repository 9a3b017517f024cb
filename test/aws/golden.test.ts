import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { RecoveryStrategy } from "../../src/topology/topology.ts";
import { readable } from "./readable.ts";
import { type Example, STRATEGIES, ship } from "./shipped.ts";

/** The strategy that is shown whole; of the others, the stacks that it makes different. */
const WHOLE: RecoveryStrategy = "warm-standby";
const GOLDEN: readonly (readonly [Example, RecoveryStrategy])[] = [
  ...STRATEGIES.map((recovery) => ["shop", recovery] as const),
  ["everything", WHOLE],
];

/** By stack: its template as text. */
async function texts(example: Example, recovery: RecoveryStrategy): Promise<ReadonlyMap<string, string>> {
  const { templates } = await ship(example, { recovery });
  return new Map(templates.map(({ stack, template }) => [stack, readable(template)]));
}

async function shown(example: Example, recovery: RecoveryStrategy): Promise<ReadonlyMap<string, string>> {
  const all = await texts(example, recovery);
  if (recovery === WHOLE) return all;
  const whole = await texts(example, WHOLE);
  return new Map([...all].filter(([stack, text]) => whole.get(stack) !== text));
}

/** Read them with `git diff` after a change. `npx vitest run --project aws test/aws/golden.test.ts -u` writes them. */
describe.each(GOLDEN)("the templates of %s for %s", (example, recovery) => {
  const folder = `test/golden/aws/${example}-${recovery}`;

  test("are as the files show them", async () => {
    for (const [stack, text] of await shown(example, recovery)) {
      await expect.soft(text).toMatchFileSnapshot(`../../${folder}/${stack}.json`);
    }
  });

  test("are all that is in the folder", async () => {
    const stacks = [...(await shown(example, recovery)).keys()];
    const files = existsSync(folder) ? readdirSync(folder) : [];
    expect(files.sort()).toEqual(stacks.map((stack) => `${stack}.json`).sort());
  });

  test("are the same bytes each time, with stacks in the same order", async () => {
    const [one, two] = [await ship(example, { recovery }), await ship(example, { recovery, active: "us-east-1" })];
    expect(two.templates.map(({ template }) => JSON.stringify(template))).toEqual(
      one.templates.map(({ template }) => JSON.stringify(template)),
    );
    expect(two.assembly.manifest).toEqual(one.assembly.manifest);
  });
});
