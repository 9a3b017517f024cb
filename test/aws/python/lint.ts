/**
 * Runs cfn-lint over every template of the examples, under each strategy, and of the shop in the stage `dev`:
 * `npm run test:aws-lint`, a part of `npm test`. Fails for each error and each warning that is not suppressed below.
 * Where this machine cannot have cfn-lint, which is Python's, one line says why, and that is no failure.
 *
 * cfn-lint knows CloudFormation's schemas and many rules; it knows neither what AWS refuses at deploy time
 * (`src/aws/refused.ts`) nor an account.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadShipment } from "../../../src/cli/shipment.ts";
import { SHOP, runProcess } from "../../support/command.ts";
import { type Change, EXAMPLES, type Example, STRATEGIES, ship } from "../shipped.ts";
import type { Suppression } from "../suppressions.ts";
import { pythonEnvironment } from "./environment.ts";

const SUPPRESSIONS: readonly Suppression[] = [];

/** A template, once for all shipments that have the same one. */
interface Linted {
  readonly file: string;
  readonly region: string;
  /** Where it was found first: example, strategy or stage, and stack. */
  readonly from: string;
  readonly stack: string;
}

/** What cfn-lint says of a template, as its JSON has it. */
interface Match {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
  readonly Rule: { readonly Id: string };
}

const say = (line: string): boolean => process.stdout.write(`cfn-lint: ${line}\n`);

async function lint(bin: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-lint-"));
  try {
    const templates = await writeTemplates(folder);
    const regions = [...new Set(templates.map(({ region }) => region))];
    const matches = await Promise.all(
      regions.map((region) =>
        matchesIn(
          bin,
          region,
          templates.filter((each) => each.region === region),
        ),
      ),
    );
    return judge(templates, matches.flat());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeTemplates(folder: string): Promise<readonly Linted[]> {
  const dev = (await loadShipment({ config: SHOP, stage: "dev", out: join(folder, "none") })).topology;
  const shipments: readonly (readonly [Example, Change, string])[] = [
    ...EXAMPLES.flatMap((example) =>
      STRATEGIES.map((recovery) => [example, { recovery }, `${example} ${recovery}`] as const),
    ),
    ["shop", { change: () => dev }, "shop dev"],
  ];
  const found = new Map<string, Linted>();
  for (const [example, change, name] of shipments) {
    for (const { stack, region, template } of (await ship(example, change)).templates) {
      const text = JSON.stringify(template, null, 1);
      if (found.has(region + text)) continue;
      const file = join(folder, `${found.size}.json`);
      writeFileSync(file, text);
      found.set(region + text, { file, region, from: `${name} ${stack}`, stack });
    }
  }
  return [...found.values()];
}

async function matchesIn(bin: string, region: string, templates: readonly Linted[]): Promise<readonly Match[]> {
  const args = ["--regions", region, "--format", "json", "--", ...templates.map(({ file }) => file)];
  const { stdout, stderr } = await runProcess(join(bin, "cfn-lint"), args);
  try {
    return JSON.parse(stdout) as readonly Match[];
  } catch (cause) {
    throw new Error(`cfn-lint did not run to its end: ${stderr}`, { cause });
  }
}

/** Says what was found; true where it is nothing, and every suppression is needed. */
function judge(templates: readonly Linted[], matches: readonly Match[]): boolean {
  const byFile = new Map(templates.map((each) => [each.file, each]));
  const used = new Set<Suppression>();
  const open = matches.filter(({ Filename, Location, Rule }) => {
    const place = `${byFile.get(Filename)?.stack}/${(Location.Path ?? []).join("/")}`;
    const found = SUPPRESSIONS.filter(({ rule, where }) => rule.test(Rule.Id) && where.test(place));
    for (const each of found) used.add(each);
    return found.length === 0;
  });
  for (const { Filename, Level, Message, Location, Rule } of open) {
    say(`${Level} ${Rule.Id} ${byFile.get(Filename)?.from} ${(Location.Path ?? []).join("/")}: ${Message}`);
  }
  const needless = SUPPRESSIONS.filter((each) => !used.has(each));
  for (const { rule, where } of needless) say(`the suppression ${rule} ${where} is not needed any more`);
  const suppressed = `${matches.length - open.length} suppressed by ${SUPPRESSIONS.length} rules with a reason`;
  say(`${templates.length} templates, ${open.length} errors and warnings, ${suppressed}`);
  return open.length + needless.length === 0;
}

const environment = pythonEnvironment();
if ("missing" in environment) say(`skipped, ${environment.missing}`);
else process.exitCode = (await lint(environment.bin)) ? 0 : 1;
