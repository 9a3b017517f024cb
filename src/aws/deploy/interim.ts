import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { assert } from "../../base/error.ts";
import type { TemplateBody } from "./plan.ts";

interface AssetFile {
  readonly source: { readonly path: string };
}

interface AssetImage {
  readonly source: { readonly directory: string };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, AssetFile>>;
  readonly dockerImages?: Readonly<Record<string, AssetImage>>;
}

interface AssemblyManifest {
  readonly artifacts: Readonly<Record<string, object>>;
}

/**
 * Writes an assembly of one stack with another template than it has in the assembly of `directory`, and returns its
 * folder, which lies within. The stack's files and images are those of the whole assembly.
 *
 * The CDK's toolkit deploys nothing but an assembly, and the name of a template in S3 is its hash, which it does not
 * upload twice: so the template has a hash of its own wherever it is named.
 */
export function writeInterim(directory: string, stack: string, template: TemplateBody): string {
  const folder = join(directory, "interim", stack);
  const text = JSON.stringify(template); // no longer than what was measured against the limit
  const file = `${stack}.template.json`;
  const assets = JSON.parse(readFileSync(join(directory, `${stack}.assets.json`), "utf8")) as AssetManifest;
  const formerHash = Object.entries(assets.files ?? {}).find(([, { source }]) => source.path === file)?.[0];
  assert(formerHash, `the template of ${stack} is a file asset of its assembly`);
  const hash = createHash("sha256").update(text).digest("hex");
  const write = (name: string, value: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(value, null, 1).replaceAll(formerHash, hash));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text);
  write(`${stack}.assets.json`, fromFolder(assets, directory, file));
  write("manifest.json", onlyStack(directory, stack));
  return folder;
}

/** An asset manifest whose sources are found from every folder; the template is beside it. */
function fromFolder(assets: AssetManifest, directory: string, template: string): AssetManifest {
  const files = Object.entries(assets.files ?? {}).map(([id, each]) => {
    const { path } = each.source;
    return [id, { ...each, source: { ...each.source, path: path === template ? path : resolve(directory, path) } }];
  });
  const images = Object.entries(assets.dockerImages ?? {}).map(([id, each]) => {
    return [id, { ...each, source: { ...each.source, directory: resolve(directory, each.source.directory) } }];
  });
  return {
    ...assets,
    files: Object.fromEntries(files) as Record<string, AssetFile>,
    dockerImages: Object.fromEntries(images) as Record<string, AssetImage>,
  };
}

/** The assembly's manifest with one stack, which then depends on none. */
function onlyStack(directory: string, stack: string): AssemblyManifest {
  const whole = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as AssemblyManifest;
  const assets = `${stack}.assets`;
  const artifact = { ...whole.artifacts[stack], dependencies: [assets], additionalMetadataFile: undefined };
  return { ...whole, artifacts: { [assets]: { ...whole.artifacts[assets] }, [stack]: artifact } };
}
