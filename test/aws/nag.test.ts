import { App } from "aws-cdk-lib";
import { AwsSolutionsChecks, NIST80053R5Checks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { shipSystem } from "../../src/aws/system.ts";
import { SUPPRESSIONS, type Suppression } from "./suppressions.ts";
import { EXAMPLES, type Example, STRATEGIES, topologyOf, withHostedZone } from "./shipped.ts";

const PACKS = [() => new AwsSolutionsChecks(), () => new NIST80053R5Checks()];
const used = new Set<Suppression>();

interface Finding {
  readonly rule: string;
  readonly construct: string;
  readonly description: string;
}

/** Errors of both packs; a rule that could not decide is one, too. Warnings are advice. */
async function findingsIn(example: Example, recovery: (typeof STRATEGIES)[number]): Promise<readonly Finding[]> {
  const app = new App({ analyticsReporting: false });
  shipSystem(app, { topology: withHostedZone(await topologyOf(example, { recovery })) });
  return PACKS.flatMap((pack) => pack().validateScope(app).violations)
    .filter(({ severity }) => severity === "error")
    .flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({
        rule: ruleName.replace(/^(AwsSolutions|NIST\.800\.53\.R5)-/, ""),
        construct: constructPath ?? "",
        description,
      })),
    );
}

function suppressed({ rule, construct }: Finding): boolean {
  const found = SUPPRESSIONS.filter((each) => each.rule.test(rule) && each.where.test(construct));
  for (const each of found) used.add(each);
  return found.length > 0;
}

describe.each(EXAMPLES)("cdk-nag finds nothing in %s", (example) => {
  test.each(STRATEGIES)("shipped for %s", async (recovery) => {
    const open = (await findingsIn(example, recovery)).filter((finding) => !suppressed(finding));
    expect(open.map(({ rule, construct, description }) => `${rule} ${construct}: ${description}`).sort()).toEqual([]);
  });
});

describe("suppressions", () => {
  test("are all needed", () => {
    expect(SUPPRESSIONS.filter((each) => !used.has(each)).map(({ rule, where }) => `${rule} ${where}`)).toEqual([]);
  });

  test("give a reason in a sentence or more", () => {
    for (const { reason } of SUPPRESSIONS) expect(reason.length).toBeGreaterThan(40);
  });
});
