import { normalize } from "node:path";
import type { AuditProblem } from "../../base/audit-document.ts";
import { UserError } from "../../base/error.ts";
import type { Template } from "../template.ts";
import { inPlainForm, isCloudFormation } from "./cloudformation.ts";
import type { Json, SourceDocument } from "./document.ts";
import { readText } from "./file.ts";
import { type Found, findFiles } from "./find.ts";
import { type Sheet, nestStacks } from "./nested.ts";
import { problemOf } from "./problem.ts";
import { readSource } from "./source.ts";
import { isTerraformPlan, templatesOfPlan } from "./terraform.ts";

/** What the caller says of the deployment, as far as it is needed to read. */
export interface InputOptions {
  /** Of templates that do not say it themselves. */
  readonly region: string | null;
  /** Values of parameters, over their defaults: loops may go over them. */
  readonly parameters?: Readonly<Record<string, Json>>;
}

/** Templates that are audited together. */
export interface Input {
  readonly templates: readonly Template[];
  /** How many files they are of. */
  readonly files: number;
  readonly problems: readonly AuditProblem[];
}

/**
 * Reads templates from files and folders: CloudFormation in YAML or JSON, SAM, the CDK's `cdk.out`, Terraform's plans
 * in JSON. What cannot be read is a problem, and spoils nothing else; files of a folder that are no templates are none.
 */
export async function readInput(paths: readonly string[], options: InputOptions): Promise<Input> {
  const { found, problems } = findFiles(paths);
  const reader = new InputReader(options);
  for (const each of found) await reader.add(each);
  const input = await reader.input((file) => reader.nested(file));
  return { ...input, problems: [...problems, ...input.problems] };
}

/** The templates of one text, and what of it cannot be read; nested stacks are not followed. */
export async function readTemplates(file: string, text: string, options: InputOptions): Promise<Input> {
  const reader = new InputReader(options);
  reader.addText({ file, isNamed: true, region: null }, text);
  return reader.input(async () => undefined);
}

class InputReader {
  /** The templates' files, by their normal paths. */
  private readonly sheets = new Map<string, Sheet>();
  private readonly plans: Template[] = [];
  private readonly problems: AuditProblem[] = [];
  private files = 0;
  private readonly options: InputOptions;
  private readonly seen = new Set<string>();

  constructor(options: InputOptions) {
    this.options = options;
  }

  async add(found: Found): Promise<void> {
    const path = normalize(found.file);
    if (this.seen.has(path)) return;
    this.seen.add(path);
    try {
      this.addText(found, await readText(found.file));
    } catch (error) {
      if (found.isNamed) this.problems.push(problemOf(error, found.file));
    }
  }

  /** Takes in a text; what it is, it says itself. */
  addText(found: Found, text: string): void {
    const { file, isNamed } = found;
    if (!isNamed && !mayBeTemplate(text)) return;
    try {
      if (this.take(found, readSource(file, text))) this.files += 1;
      else if (isNamed) throw notTemplate(file);
    } catch (error) {
      if (isNamed || /AWS::\w+::|AWSTemplateFormatVersion/.test(text)) this.problems.push(problemOf(error, file));
    }
  }

  /** The file of a nested stack, where it is one that can be read. */
  async nested(file: string): Promise<Sheet | undefined> {
    if (this.seen.has(file)) return undefined; // read before, and no template
    await this.add({ file, isNamed: false, region: null });
    return this.sheets.get(file);
  }

  /** All that was taken in; `read` gives the file of a nested stack that is not among it. */
  async input(read: (file: string) => Promise<Sheet | undefined>): Promise<Input> {
    const nested = await nestStacks({ known: this.sheets, read });
    const templates = [...nested.templates, ...this.plans];
    return { templates, files: this.files, problems: [...this.problems, ...nested.problems] };
  }

  private take({ file, region }: Found, source: SourceDocument): boolean {
    const ownRegion = region ?? this.options.region;
    if (isTerraformPlan(source)) {
      this.plans.push(...templatesOfPlan(source, { region: ownRegion }));
      return true;
    }
    if (!isCloudFormation(source)) return false;
    const known = { region: ownRegion, parameters: this.options.parameters ?? {} };
    const { document, problems } = inPlainForm(source, known);
    this.problems.push(...problems);
    this.sheets.set(normalize(file), { document, region: ownRegion });
    return true;
  }
}

/** Whether a text is worth parsing: package-lock.json and the like are not. */
function mayBeTemplate(text: string): boolean {
  return text.includes("Resources") || text.includes("planned_values");
}

function notTemplate(file: string): UserError {
  return new UserError({
    code: "AUD-002",
    message: "is neither a CloudFormation template nor a Terraform plan in JSON",
    fix: "name a template, the folder cdk.out, or what `terraform show -json PLAN` writes",
    at: file,
  });
}
