import { readdirSync, readFileSync } from "node:fs";
import { buildModel } from "../../src/audit/model/model.ts";
import { readInput, readTemplates } from "../../src/audit/read/input.ts";
import { templateSystem } from "../../src/audit/system/template-system.ts";
import { readTemplateAssumptions } from "../../src/definition/template-assumption.ts";
import type { Design } from "../../src/simulate/system/design.ts";
import { templateDesign } from "../../src/simulate/template/design.ts";
import { templateAssumptions } from "../../src/topology/template-system.ts";

/** The design that a template's text is, with what is said beside it, in the words of the file of assumptions. */
export async function designOfText(text: string, said: object = {}): Promise<Design> {
  const { templates, problems } = await readTemplates("t.yaml", text, { region: null });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return designOf(templates, said);
}

/** The design that the templates of a folder are that belong to one region, which is told by their names. */
export async function designOfFolder(folder: string, region: string): Promise<Design> {
  const files = readdirSync(folder).filter((file) => file.endsWith(`${region}.json`));
  const { templates } = await readInput(
    files.map((file) => `${folder}/${file}`),
    { region },
  );
  return designOf(templates, {});
}

/** The design that one of the audit's fixtures is. */
export async function designOfFixture(path: string, said: object = {}): Promise<Design> {
  return designOfText(readFileSync(`src/audit/rule/fixture/${path}`, "utf8"), said);
}

function designOf(templates: Parameters<typeof buildModel>[0], said: object): Design {
  const told = templateAssumptions(readTemplateAssumptions(said, "assumptions.yaml"));
  const { model } = buildModel(templates);
  return templateDesign({ name: "t", told, systemBy: (view) => templateSystem(model, told, view) });
}
