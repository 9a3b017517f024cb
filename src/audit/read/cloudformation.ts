import type { AuditProblem } from "../../base/audit-document.ts";
import type { DeclaredResource, Template } from "../template.ts";
import {
  type Json,
  type JsonRecord,
  type Path,
  type Position,
  type SourceDocument,
  exists,
  isRecord,
  own,
} from "./document.ts";
import { type Known, unrollLoops } from "./loop.ts";
import { problemAt } from "./problem.ts";
import { translateSam } from "./sam/translate.ts";

/** Whether a document is a CloudFormation template: it declares resources that have types. */
export function isCloudFormation({ data }: SourceDocument): boolean {
  const resources = own(data, "Resources");
  // the CDK writes stacks without any
  if (!isRecord(resources)) return isRecord(own(data, "Rules")) && isRecord(own(data, "Parameters"));
  const isResource = (name: string): boolean =>
    name.startsWith("Fn::ForEach::") || typeof own(resources[name], "Type") === "string";
  return own(data, "AWSTemplateFormatVersion") !== undefined || Object.keys(resources).some(isResource);
}

/** A document without loops and without SAM's types, and what of it cannot be read. */
export function inPlainForm(
  document: SourceDocument,
  known: Known,
): { readonly document: SourceDocument; readonly problems: readonly AuditProblem[] } {
  const unrolled = unrollLoops(document, known);
  const plain = translateSam(unrolled.document);
  return { document: plain, problems: [...unrolled.problems, ...unreadable(plain)] };
}

/** What stands among the resources, or for them, and is none. */
function unreadable(document: SourceDocument): readonly AuditProblem[] {
  const { data } = document;
  const fix = "correct it, or take it out";
  const sections = ["Parameters", "Mappings", "Conditions", "Outputs"].flatMap((name) => {
    const section = own(data, name);
    if (section === undefined || section === null || isRecord(section)) return [];
    return [problemAt(document, [name], { code: "AUD-013", message: `${name} is no mapping`, fix })];
  });
  const resources = own(data, "Resources");
  const bodies = Object.entries(isRecord(resources) ? resources : {}).flatMap(([id, body]) => {
    const type = own(body, "Type");
    if (typeof type === "string" || id.startsWith("Fn::")) return [];
    const message = `resource "${id}" has ${type === undefined ? "no Type" : "a Type that is no text"}`;
    return [problemAt(document, ["Resources", id], { code: "AUD-013", message, fix })];
  });
  return [...sections, ...bodies];
}

/**
 * A document as a template, of its file's name, in no known region and nested nowhere unless `place` says so. Loops and
 * SAM's types are still in it where they were before.
 */
export function templateOf(
  document: SourceDocument,
  place: Partial<Pick<Template, "name" | "region" | "parent">> = {},
): Template {
  const { data, file } = document;
  const section = (name: string): JsonRecord => {
    const found = own(data, name);
    return isRecord(found) ? found : {};
  };
  return {
    name: file,
    region: null,
    parent: null,
    ...place,
    file,
    dialect: "cloudformation",
    parameters: section("Parameters"),
    mappings: section("Mappings"),
    conditions: section("Conditions"),
    outputs: section("Outputs"),
    resources: Object.entries(section("Resources")).flatMap(([id, body]) => declared(id, body, document)),
  };
}

function declared(id: string, body: Json, document: SourceDocument): readonly DeclaredResource[] {
  const type = own(body, "Type");
  if (!isRecord(body) || typeof type !== "string") return [];
  const { Type: _, Properties: properties, Metadata: metadata = {}, ...attributes } = body;
  const path = own(metadata, "aws:cdk:path");
  return [
    {
      id,
      type,
      properties: isRecord(properties) ? properties : {},
      attributes,
      metadata,
      construct: typeof path === "string" ? path : null,
      locate: (part) => located(document, ["Resources", id], part),
    },
  ];
}

/** Where a part of a resource stands; a property that is absent stands where its resource does. */
function located(document: SourceDocument, resource: Path, part: Path): Position {
  const [section, property] = part;
  const isAbsent = property !== undefined && !exists(document.data, [...resource, section ?? "", property]);
  return document.locate(isAbsent ? resource : [...resource, ...part]);
}
