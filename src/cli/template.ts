import { basename } from "node:path";
import type { Design } from "../simulate/system/design.ts";
import type { TemplateAssumptions } from "../topology/template-system.ts";
import { terminalHost } from "./output.ts";

/** What is said of templates beside them. */
export interface TemplateOptions {
  readonly assumptions?: string;
  readonly parameters?: string;
  readonly region?: string;
}

/** The design that templates are, to be simulated. What of them cannot be read is told, and left out. */
export async function designOfTemplates(paths: readonly string[], options: TemplateOptions): Promise<Design> {
  const { readInput } = await import("../audit/read/input.ts");
  const { problemOfUnevaluated } = await import("../audit/read/problem.ts");
  const { buildModel } = await import("../audit/model/model.ts");
  const { nothingRead } = await import("../audit/system/nothing.ts");
  const { templateSystem } = await import("../audit/system/template-system.ts");
  const { templateDesign } = await import("../simulate/template/design.ts");
  const deployment = { parameters: await parametersFrom(options.parameters), region: options.region ?? null };
  const told = await assumptionsFrom(options.assumptions);
  const { templates, problems } = await readInput(paths, deployment);
  const { model, failed } = buildModel(templates, deployment);
  const unread = [...problems, ...failed.map(problemOfUnevaluated)];
  if (model.resources.length === 0) throw nothingRead(paths, unread);
  for (const { code, at, message } of unread) {
    terminalHost().say({ level: "warning", about: code, text: `${at}: ${message}; it is left out` });
  }
  const [first = "", ...others] = paths;
  const name = others.length === 0 ? basename(first) : `${basename(first)} and ${others.length} more`;
  return templateDesign({ name, told, systemBy: (view) => templateSystem(model, told, view) });
}

/** Values of templates' parameters, of a file in any form that AWS's tools take; none without a file. */
export async function parametersFrom(file: string | undefined) {
  if (file === undefined) return {};
  const { readParameters } = await import("../audit/read/parameters.ts");
  return readParameters(file, await readText(file));
}

/** The text of a file that templates are read with. */
export async function readText(file: string): Promise<string> {
  const { readText: read } = await import("../audit/read/file.ts");
  return read(file);
}

async function assumptionsFrom(file: string | undefined): Promise<TemplateAssumptions> {
  const { readTemplateAssumptions } = await import("../definition/template-assumption.ts");
  const { templateAssumptions } = await import("../topology/template-system.ts");
  const { readSource } = await import("../audit/read/source.ts");
  const said = file === undefined ? {} : readSource(file, await readText(file)).data;
  return templateAssumptions(readTemplateAssumptions(said, file ?? "assumptions"));
}
