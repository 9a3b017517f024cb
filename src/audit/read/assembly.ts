/**
 * The stacks of a CDK assembly (`cdk.out`), stages and assemblies within it included.
 * Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Json, isRecord, own } from "./document.ts";
import { readSource } from "./source.ts";

/** The file that makes a folder an assembly. */
export const ASSEMBLY = "manifest.json";

/** Stages within stages: more than anybody nests. */
const DEEPEST = 20;

/** A stack's template, and where it is deployed. */
export interface Stack {
  readonly file: string;
  readonly region: string | null;
}

/**
 * The stacks of an assembly; undefined where the folder is none. Files that it names and that are missing are told of
 * later.
 */
export function stacksOf(folder: string, depth = 0): readonly Stack[] | undefined {
  const artifacts = own(manifestOf(folder), "artifacts");
  if (!isRecord(artifacts)) return undefined;
  return Object.values(artifacts).flatMap((artifact) => {
    const properties = own(artifact, "properties");
    switch (own(artifact, "type")) {
      case "aws:cloudformation:stack": {
        const file = inside(own(properties, "templateFile"));
        return file === undefined ? [] : [{ file: join(folder, file), region: regionOf(own(artifact, "environment")) }];
      }
      case "cdk:cloud-assembly": {
        const nested = inside(own(properties, "directoryName"));
        return nested === undefined || depth > DEEPEST ? [] : (stacksOf(join(folder, nested), depth + 1) ?? []);
      }
      default:
        return [];
    }
  });
}

function manifestOf(folder: string): Json {
  try {
    const file = join(folder, ASSEMBLY);
    return readSource(file, readFileSync(file, "utf8")).data;
  } catch {
    return null;
  }
}

/** A path that stays within its folder; an assembly has no others. */
function inside(path: Json | undefined): string | undefined {
  return typeof path === "string" && !path.startsWith("/") && !path.split(/[/\\]/).includes("..") ? path : undefined;
}

/** `aws://123456789012/eu-west-1`; `unknown-region` where the stack goes wherever it is deployed. */
function regionOf(environment: Json | undefined): string | null {
  const region = typeof environment === "string" ? environment.split("/").at(-1) : undefined;
  return region === undefined || region === "" || region === "unknown-region" ? null : region;
}
