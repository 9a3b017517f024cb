import { Command, Option } from "commander";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import type { AuditDocument, Severity } from "../base/audit-document.ts";
import { SEVERITIES, isAsGrave } from "../base/audit-document.ts";
import { systemClock } from "../base/clock.ts";
import { UserError } from "../base/error.ts";
import { VERSION } from "../base/version.ts";
import { EXIT, colors, writeJson } from "./output.ts";
import { parametersFrom, readText } from "./template.ts";

interface Options {
  readonly format: "text" | "json" | "sarif" | "html";
  readonly out?: string;
  readonly json?: string;
  readonly failOn: Severity | "never";
  readonly parameters?: string;
  readonly objectives?: string;
  readonly region?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly unknown?: true;
  readonly list?: true;
}

const EXAMPLES = `
Examples:
  holdfast audit template.yaml
  holdfast audit cdk.out --objectives objectives.yaml
  terraform show -json plan.out > plan.json && holdfast audit plan.json
  holdfast audit infrastructure/ --format sarif --out holdfast.sarif
  holdfast audit infrastructure/ --write-baseline holdfast-baseline.json
  holdfast audit infrastructure/ --baseline holdfast-baseline.json --fail-on medium

A resource's own Metadata can take a finding out, with a reason:
  Metadata: { Holdfast: { Suppress: [{ Rule: rds-multi-az, Reason: "a copy, made anew each night" }] } }

Exits with 1 where something fails at or above --fail-on, with 2 where a file could not be read.
`;

/** `holdfast audit`: what of templates, cloud assemblies and Terraform plans would not survive, and why. */
export function auditCommand(): Command {
  return new Command("audit")
    .description(
      "what of any CloudFormation template, cdk.out or Terraform plan would not survive, on which line, and the fix",
    )
    .argument("[path...]", "templates, folders of them, cdk.out, or the JSON of a Terraform plan")
    .addOption(
      new Option("--format <as>", "how it is written").choices(["text", "json", "sarif", "html"]).default("text"),
    )
    .option("--out <file>", "where it is written; standard output without it")
    .option("--json <file>", "write the JSON beside it; - is standard output, and then nothing else is written there")
    .addOption(
      new Option("--fail-on <level>", "the least severity that makes it exit with 1")
        .choices([...SEVERITIES, "never"])
        .default("high"),
    )
    .option("--parameters <file>", "values of the templates' parameters, over their defaults")
    .option("--objectives <file>", "what the system must reach, as in a definition; some rules are asked only then")
    .option("--region <name>", "where templates are deployed that do not say it")
    .option("--baseline <file>", "what was known before does not fail")
    .option("--write-baseline <file>", "write down what there is now")
    .option("--unknown", "list what could not be judged, too")
    .option("--list", "list every rule, and audit nothing")
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(paths: readonly string[], options: Options): Promise<void> {
  if (options.list) return list(options);
  if (paths.length === 0) {
    throw new UserError({
      code: "AUD-008",
      message: "there is no path to audit",
      fix: "name a template, a folder, cdk.out or a plan: `holdfast audit template.yaml`",
    });
  }
  const found = await audited(paths, options);
  const { document } = found;
  await write(found, { subject: paths.join(" "), options });
  for (const { level, code, at, message, fix } of document.problems) {
    const paint = level === "warning" ? colors.yellow : colors.red;
    process.stderr.write(`${paint(code)} ${colors.bold(at)}\n  ${message}\n  ${colors.green("fix:")} ${fix}\n`);
  }
  process.exitCode = exitCodeOf(document, options.failOn);
}

function exitCodeOf({ findings, problems }: AuditDocument, failOn: Severity | "never"): number {
  const fails = findings.some(({ outcome, severity }) => outcome === "fail" && isAsGrave(severity, failOn));
  if (fails) return EXIT.fail;
  return problems.some(({ level }) => level !== "warning") ? EXIT.unknown : EXIT.pass;
}

async function audited(paths: readonly string[], options: Options) {
  const began = systemClock.now();
  const { readInput } = await import("../audit/read/input.ts");
  const { audit } = await import("../audit/audit.ts");
  const { auditDocument } = await import("../audit/document.ts");
  const { readBaseline, drawBaseline } = await import("../audit/baseline.ts");
  const { RULES } = await import("../audit/rule/all.ts");
  const region = options.region ?? null;
  const parameters = await parametersFrom(options.parameters);
  const { templates, files, problems } = await readInput(paths, { region, parameters });
  const found = audit(templates, {
    deployment: { parameters, region },
    objectives: await objectivesOf(options.objectives),
  });
  if (options.writeBaseline !== undefined) await writeFile(options.writeBaseline, drawBaseline(found.findings));
  const { baseline } = options;
  const known = baseline === undefined ? null : readBaseline(baseline, await readText(baseline));
  const elapsed = () => systemClock.now() - began;
  return { document: auditDocument(found, { files, problems, known, elapsed }), rules: RULES, model: found.model };
}

async function objectivesOf(file: string | undefined) {
  if (file === undefined) return {};
  const { readObjectives } = await import("../audit/objectives.ts");
  const { readSource } = await import("../audit/read/source.ts");
  const { objectives, problems } = readObjectives(readSource(file, await readText(file)).data);
  const [first] = problems;
  if (first === undefined) return objectives;
  const message = problems.map(({ at, message, fix }) => `${at}: ${message}; ${fix}`).join("\n  ");
  throw new UserError({ code: first.code, message, fix: `mend ${file}`, at: file });
}

type Audited = Awaited<ReturnType<typeof audited>>;

interface Wish {
  /** What was audited, as the user named it. */
  readonly subject: string;
  readonly options: Options;
}

async function write(found: Audited, wish: Wish): Promise<void> {
  const { json, out } = wish.options;
  if (json !== undefined) await writeJson(json, found.document);
  if (json === "-" && out === undefined) return;
  const text = await draw(found, wish);
  if (out !== undefined) await writeFile(out, text);
  else await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
}

async function draw({ document, rules, model }: Audited, { subject, options }: Wish): Promise<string> {
  if (options.format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  if (options.format === "sarif") {
    const { drawSarif } = await import("../report/audit/sarif.ts");
    const { fingerprintsOf } = await import("../audit/baseline.ts");
    const uriOf = (file: string): string => relative(process.cwd(), file).replaceAll("\\", "/");
    return drawSarif(document, { version: VERSION, rules, fingerprints: fingerprintsOf(document.findings), uriOf });
  }
  if (options.format === "html") {
    const { drawAuditPage } = await import("../report/audit/page.ts");
    const { auditGraph } = await import("../audit/document.ts");
    const { graph, problems } = auditGraph(model);
    return drawAuditPage({ document: { ...document, problems: [...document.problems, ...problems] }, graph, subject });
  }
  const { drawAudit } = await import("../report/audit/text.ts");
  const width = Math.min(Math.max(process.stdout.columns ?? 100, 60), 120);
  const showUnknown = options.unknown === true;
  return `${drawAudit(document, { paint: colors, width, showUnknown, linesOf: cachedLines() })}\n`;
}

function cachedLines(): (file: string) => readonly string[] | undefined {
  const cache = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!cache.has(file)) cache.set(file, linesOf(file));
    return cache.get(file);
  };
}

function linesOf(file: string): readonly string[] | undefined {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return undefined; // it was there a moment ago
  }
}

async function list(options: Options): Promise<void> {
  const { RULES } = await import("../audit/rule/all.ts");
  if (options.format === "json" || options.json !== undefined) {
    const rules = RULES.map(({ id, title, severity, loss, applies, practice, why, fix, source }) => {
      return { id, title, severity, loss, applies, practice, why, fix, source };
    });
    return writeJson(options.out ?? options.json ?? "-", { holdfast: 1, rules });
  }
  const lines = RULES.map(({ id, severity, applies, title }) => {
    const asked = applies === "base" ? "" : colors.dim(`  (${applies})`);
    return `${id.padEnd(36)} ${severity.padEnd(9)} ${title}${asked}`;
  });
  process.stdout.write(`${lines.join("\n")}\n`);
}
