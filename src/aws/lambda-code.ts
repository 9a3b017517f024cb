import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Stack } from "aws-cdk-lib";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { UserError, assert } from "../base/error.ts";
import type { AwsCode } from "./codes.ts";

/** A function of ours, as it is packed. */
export interface LambdaCode {
  /** Its files beside each other in `lambda/`, without their ends; the first has the handler. */
  readonly files: readonly [string, ...string[]];
  /** A package that is put beside them, with all that it needs; null without one. AWS's SDK is there at Lambda. */
  readonly driver: string | null;
}

const SOURCE = join(import.meta.dirname, "lambda");

/** What was packed; the CDK copies it into each assembly. */
const packed = new Map<LambdaCode, string>();

/** What Lambda calls. */
export function handlerOf({ files }: LambdaCode): string {
  return `${files[0]}.handler`;
}

/**
 * The code of a function as an asset: our files as JavaScript, and the driver with all that it needs, as it is
 * installed here. The same installation makes the same bytes. Nothing is bundled or fetched. Throws a `UserError` where
 * the driver is not installed (AWS-012).
 */
export function lambdaAsset(stack: Stack, id: string, code: LambdaCode): Asset {
  const path = packed.get(code) ?? pack(code);
  packed.set(code, path);
  return new Asset(stack, id, { path });
}

/** Packs the code into a folder that goes with this process. */
function pack({ files, driver }: LambdaCode): string {
  const packages = driver === null ? new Map<string, string>() : installed(driver, import.meta.dirname);
  const directory = mkdtempSync(join(tmpdir(), "holdfast-lambda-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  for (const file of files) writeFileSync(join(directory, `${file}.js`), javaScriptOf(file));
  writeFileSync(join(directory, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
  for (const [name, from] of packages) {
    const to = join(directory, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true, dereference: true, filter: (path) => !path.endsWith("node_modules") });
  }
  return directory;
}

/** A file of ours as Lambda runs it: as it was compiled, or the source without its types. */
function javaScriptOf(file: string): string {
  const compiled = join(SOURCE, `${file}.js`);
  if (existsSync(compiled)) return readFileSync(compiled, "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
  const source = readFileSync(join(SOURCE, `${file}.ts`), "utf8");
  return stripTypeScriptTypes(source).replace(/(from |import\()"(\.\/[^"]+)\.ts"/g, '$1"$2.js"');
}

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The folders of a package and of all that it needs, by name; of each name there must be one version. */
function installed(name: string, from: string, found = new Map<string, string>()): Map<string, string> {
  const folder = folderOf(name, from);
  const known = found.get(name);
  assert(known === undefined || known === folder, `one version of ${name} is installed`);
  if (known !== undefined) return found;
  found.set(name, folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
  for (const needed of Object.keys(dependencies).sort()) installed(needed, folder, found);
  return found;
}

/** Where Node finds a package from a folder. Not by its entry: a package need not let one see its `package.json`. */
function folderOf(name: string, from: string): string {
  const places = createRequire(join(from, "package.json")).resolve.paths(name) ?? [];
  const folder = places.map((place) => join(place, name)).find((path) => existsSync(join(path, "package.json")));
  if (folder !== undefined) return folder;
  throw new UserError({
    code: "AWS-012" satisfies AwsCode,
    message: `the function that rotates passwords needs the package "${name}", which is not installed`,
    fix: `npm install --save-dev ${name}`,
  });
}
