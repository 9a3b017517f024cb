/**
 * Puts nested stacks in their place: each `AWS::CloudFormation::Stack` whose template is among the files, or lies
 * beside its parent, becomes a template of its own, with the parent's parameters.
 */
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import type { AuditProblem } from "../../base/audit-document.ts";
import type { DeclaredResource, Template } from "../template.ts";
import { templateOf } from "./cloudformation.ts";
import { type Json, type SourceDocument, isRecord, own } from "./document.ts";

/** More than anybody nests; files that nest each other twice and twice again would have no end. */
const MOST = { stacks: 2000, characters: 32 * 1024 * 1024 } as const;

/** A template's file, without loops and without SAM's types. */
export interface Sheet {
  readonly document: SourceDocument;
  readonly region: string | null;
}

/** The templates' files by their normal paths, and how one that is not among them is read. */
export interface Sheets {
  readonly known: Map<string, Sheet>;
  read(file: string): Promise<Sheet | undefined>;
}

/** All templates, nested ones in their place. A file that is nested somewhere is no template of its own. */
export async function nestStacks(
  sheets: Sheets,
): Promise<{ readonly templates: readonly Template[]; readonly problems: readonly AuditProblem[] }> {
  const nester = new Nester(sheets);
  const nestedFiles = new Set<string>();
  for (const file of sheets.known.keys()) {
    // files that are found so are gone through as well
    for (const child of await nester.childrenOf(file)) nestedFiles.add(child.file);
  }
  const files = [...sheets.known.keys()];
  for (const file of files) if (!nestedFiles.has(file)) await nester.open(file);
  for (const file of files) if (!nester.opened.has(file)) await nester.open(file); // they nest each other
  return { templates: nester.templates, problems: nester.problems };
}

interface Child {
  readonly file: string;
  readonly resource: DeclaredResource;
}

class Nester {
  readonly templates: Template[] = [];
  readonly problems: AuditProblem[] = [];
  readonly opened = new Set<string>();
  private readonly sheets: Sheets;
  private readonly children = new Map<string, readonly Child[]>();
  private characters = 0;
  private byName: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(sheets: Sheets) {
    this.sheets = sheets;
  }

  async open(file: string): Promise<void> {
    const sheet = this.sheets.known.get(file);
    if (sheet === undefined) return;
    const { document, region } = sheet;
    await this.place(file, templateOf(document, { region }), []);
  }

  /** The stacks that a file's resources nest, of those whose template is here. */
  async childrenOf(file: string): Promise<readonly Child[]> {
    const before = this.children.get(file);
    if (before !== undefined) return before;
    const sheet = this.sheets.known.get(file);
    const children: Child[] = [];
    this.children.set(file, children);
    if (sheet === undefined) return children;
    const { resources } = templateOf(sheet.document);
    for (const resource of resources.filter(({ type }) => type === "AWS::CloudFormation::Stack")) {
      const child = await this.fileOf(resource, file);
      if (child !== undefined) children.push({ file: child, resource });
    }
    return children;
  }

  private async place(file: string, template: Template, around: readonly string[]): Promise<void> {
    this.opened.add(file);
    this.templates.push(template);
    for (const child of await this.childrenOf(file)) {
      const sheet = this.sheets.known.get(child.file);
      if (sheet === undefined) continue;
      const trail = [...around, file];
      const isCircle = trail.includes(child.file);
      this.characters += sheet.document.text.length;
      const isMuch = this.templates.length >= MOST.stacks || this.characters > MOST.characters;
      if (isCircle || isMuch) {
        const what = isCircle ? "is nested in itself" : "is one of more nested stacks than can be read";
        this.leaveOut(template.file, child, `${sheet.document.file} ${what}`);
        if (isCircle) continue;
        return;
      }
      const name = `${template.name}/${child.resource.id}`;
      const parent = { template: template.name, resource: child.resource.id };
      await this.place(child.file, templateOf(sheet.document, { name, region: template.region, parent }), trail);
    }
  }

  private leaveOut(file: string, { resource }: Child, message: string): void {
    const at = `${file}:${resource.locate(["Properties", "TemplateURL"]).line}`;
    if (this.problems.some((problem) => problem.at === at)) return;
    this.problems.push({ code: "AUD-015", at, message, fix: "nest it once, without a circle" });
  }

  /** The file of a nested stack's template: what the CDK names, what lies at a local path, or what a URL ends with. */
  private async fileOf(resource: DeclaredResource, parent: string): Promise<string | undefined> {
    const asset = own(resource.metadata, "aws:asset:path");
    const url = typeof asset === "string" ? asset : tailOf(own(resource.properties, "TemplateURL"));
    if (url === undefined) return undefined;
    if (/^[a-z0-9]+:\/\//i.test(url) || typeof own(resource.properties, "TemplateURL") !== "string") {
      const beside = typeof asset === "string" ? await this.local(join(dirname(parent), asset)) : undefined;
      return beside ?? this.byEnding(url, resource, parent);
    }
    if (isAbsolute(url)) return undefined;
    const file = await this.local(join(dirname(parent), url));
    if (file === undefined && /\.\w+$/.test(url)) {
      const told = { message: `there is no ${url} beside it`, fix: "set `TemplateURL` to a path from this file on" };
      const { line } = resource.locate(["Properties", "TemplateURL"]);
      this.problems.push({ ...told, code: "AUD-015", level: "warning", at: `${parent}:${line}` });
    }
    return file;
  }

  private async local(file: string): Promise<string | undefined> {
    const path = normalize(file);
    if (this.sheets.known.has(path)) return path;
    const sheet = await this.sheets.read(path);
    if (sheet === undefined) return undefined;
    this.sheets.known.set(path, sheet);
    return path;
  }

  /** The only file that a URL's path ends with, if it declares all parameters that it would be given. */
  private byEnding(url: string, resource: DeclaredResource, parent: string): string | undefined {
    this.byName ??= Map.groupBy(this.sheets.known.keys(), (file) => basename(file));
    const parts = url.split(/[?#]/)[0]?.split("/") ?? [];
    const alike = (file: string): number => {
      const names = file.split(/[/\\]/);
      let length = 0;
      while (length < parts.length && names.at(-1 - length) === parts.at(-1 - length)) length += 1;
      return length;
    };
    const candidates = (this.byName.get(parts.at(-1) ?? "") ?? [])
      .filter((file) => file !== parent && this.takes(file, own(resource.properties, "Parameters")))
      .map((file) => ({ file, length: alike(file) }));
    const longest = Math.max(...candidates.map(({ length }) => length));
    const [only, ...others] = candidates.filter(({ length }) => length === longest);
    return others.length === 0 ? only?.file : undefined;
  }

  private takes(file: string, given: Json | undefined): boolean {
    const declared = own(this.sheets.known.get(file)?.document.data, "Parameters");
    return !isRecord(given) || Object.keys(given).every((name) => own(declared, name) !== undefined);
  }
}

/** The last text that is certain of a URL that is put together. */
function tailOf(expression: Json | undefined): string | undefined {
  if (typeof expression === "string") return expression.split("}").at(-1);
  if (Array.isArray(expression)) return tailOf(expression.at(-1) as Json | undefined);
  const [only] = isRecord(expression) ? Object.keys(expression) : [];
  const argument = own(expression, only ?? "");
  switch (only) {
    case "Fn::Sub":
      return tailOf(Array.isArray(argument) ? (argument[0] as Json) : argument);
    case "Fn::Join":
    case "Fn::If":
      return tailOf(argument);
    default:
      return undefined;
  }
}
