import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// A test runner imports modules in its own way, so each file is loaded by Node itself.
const LOADER = `
const [, module, file] = process.argv;
const { readDefinition, loadDefinition } = await import(module);
const read = await readDefinition(file);
const shown = ({ code, message, at }) => ({ code, message, at });
const thrown = await loadDefinition(file).then(() => null, shown);
const aws = read.aws && typeof read.aws;
process.stdout.write(JSON.stringify({ read: { ...read, aws }, thrown }));
`;

interface Loaded {
  readonly read: {
    readonly definition: { readonly name: string } | null;
    readonly directory: string;
    readonly problems: readonly Record<string, string>[];
  };
  readonly thrown: { readonly code: string; readonly message: string; readonly at?: string } | null;
}

let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-load-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

async function load(name: string, source?: string): Promise<Loaded> {
  if (source !== undefined) writeFileSync(join(directory, name), source);
  const module = new URL("./load.ts", import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", LOADER, module, name], {
    cwd: directory,
  });
  return JSON.parse(stdout) as Loaded;
}

describe("a definition's file", () => {
  test("gives its definition and its folder", async () => {
    const source =
      'const region: string = "us-east-1";\nexport default { name: "shop", regions: { primary: region } };\n';
    const { read, thrown } = await load("good.config.ts", source);
    expect(thrown).toBeNull();
    expect(read).toMatchObject({ definition: { name: "shop" }, directory, problems: [], aws: null });
  });

  test("hands on what it would do with the stacks, and does not run it", async () => {
    const source =
      'export default { name: "shop", regions: { primary: "us-east-1" }, aws(stacks) { throw new Error(stacks); } };\n';
    const { read, thrown } = await load("escape.config.mjs", source);
    expect(thrown).toBeNull();
    expect(read).toMatchObject({ problems: [], aws: "function" });
  });

  test.each<[string, string | undefined, string, string]>([
    ["missing.config.ts", undefined, "DEF-020", "missing.config.ts"],
    ["syntax.config.ts", "export default {\n  name: 'shop',\n  regions: {{\n};\n", "DEF-021", "syntax.config.ts:3"],
    ["syntax.config.mjs", "export default {\n  name: 'shop',\n  regions: {{\n};\n", "DEF-021", "syntax.config.mjs:3"],
    ["enum.config.ts", "enum Size { Small }\nexport default { size: Size.Small };\n", "DEF-021", "enum.config.ts:1"],
    [
      "throws.config.ts",
      "const x: unknown = undefined;\n\nthrow new Error('mine\\nand more');\n",
      "DEF-022",
      "throws.config.ts:3",
    ],
    ["throws-null.config.ts", "throw null;\n", "DEF-022", "throws-null.config.ts"],
    ["imports.config.ts", "import 'no-such-package';\nexport default {};\n", "DEF-022", "imports.config.ts"],
    ["other.config.mjs", "import './syntax.config.mjs';\nexport default {};\n", "DEF-021", "syntax.config.mjs:3"],
    ["named.config.ts", "export const system = {};\n", "DEF-023", "named.config.ts"],
  ])("%s: a problem and no stack trace", async (name, source, code, place) => {
    const { read, thrown } = await load(name, source);
    expect(read.definition).toBeNull();
    expect(read.problems).toEqual([expect.objectContaining({ code, place, at: place })]);
    expect(read.problems[0]?.["message"]).not.toMatch(/\n| {4}at /);
    expect(thrown).toMatchObject({ code, at: place });
  });

  test("tells the line of each problem, and all of them in one error", async () => {
    const source = `export default {
  name: "shop",
  regions: { primary: "us-east-1" },
  services: {
    api: { run: 1 },
    web: { rum: "x" },
  },
};
`;
    const { read, thrown } = await load("wrong.config.ts", source);
    const places = read.problems.map(({ code, place, at }) => `${code} ${place} ${at}`);
    expect(places).toEqual([
      "DEF-005 wrong.config.ts:5 services.api.run",
      "DEF-003 wrong.config.ts:6 services.web.rum",
      "DEF-002 wrong.config.ts:6 services.web.run",
    ]);
    expect(thrown?.code).toBe("DEF-024");
    expect(thrown?.message).toContain("DEF-005 wrong.config.ts:5 services.api.run");
  });

  test("may name only folders and modules that are there", async () => {
    mkdirSync(join(directory, "api"));
    writeFileSync(join(directory, "cart.ts"), "");
    const definition = {
      name: "shop",
      regions: { primary: "us-east-1" },
      edge: { domain: "shop.example.com", site: "./cart.ts" },
      services: { api: { build: "./api", run: "x" }, worker: { build: "./wroker", run: "x", consumes: "orders" } },
      functions: { thanks: { code: "./thanks" }, well: { code: "./api" } },
      queues: { orders: {} },
      journeys: { cart: { module: "./cart.ts" }, order: { module: "./api" } },
    };
    const { read } = await load("files.config.mjs", `export default ${JSON.stringify(definition, null, 2)};\n`);
    expect(read.problems.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "DEF-016 edge.site",
      "DEF-016 services.worker.build",
      "DEF-016 functions.thanks.code",
      "DEF-016 journeys.order.module",
    ]);
  });
});
