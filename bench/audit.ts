import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonEnvironment } from "../test/aws/python/environment.ts";
import { templateOf } from "./audit-templates.ts";
import { distributionOf } from "./distribution.ts";

const ROUNDS = 3;
const PEERS = fileURLToPath(new URL("audit-requirements.txt", import.meta.url));
const NAG = fileURLToPath(new URL("audit-nag.ts", import.meta.url));
const WITHIN_MS = 900_000;

interface Tool {
  readonly name: string;
  command(files: readonly string[]): readonly [string, readonly string[]];
}

/**
 * How long an audit takes as a whole process, Node's start included, beside cfn-lint, Checkov and cdk-nag on the same
 * templates: one of 100 resources, and twenty of 500. `npm run bench -- audit [ROUNDS] [--no-peers]`
 */
export async function run(args: readonly string[]): Promise<void> {
  const rounds = Number(args.find((each) => /^\d+$/.test(each)) ?? ROUNDS);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
  try {
    execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
    const tools = [holdfast, ...(args.includes("--no-peers") ? [] : peers())];
    measure("one template of 100 resources", writeTemplates(join(folder, "small"), 1, 100), { tools, rounds });
    const many = writeTemplates(join(folder, "many"), 20, 500);
    measure("20 templates of 500 resources", many, { tools, rounds: 1 });
    for (const count of [5, 10, 20]) growth(many.slice(0, count));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const holdfast: Tool = {
  name: "holdfast audit",
  command: (files) => [process.execPath, [resolve("dist/cli/main.js"), "audit", ...files, "--format", "json"]],
};

function peers(): readonly Tool[] {
  const nag: Tool = {
    name: "cdk-nag",
    command: (files) => [process.execPath, ["--conditions=source", NAG, ...files]],
  };
  const python = pythonEnvironment({ home: resolve(".holdfast/audit-peers"), requirements: PEERS, python: "python3" });
  if ("missing" in python) {
    console.log(`cfn-lint and Checkov are left out: ${python.missing}`);
    return [nag];
  }
  return [
    { name: "cfn-lint", command: (files) => [join(python.bin, "cfn-lint"), ["--format", "quiet", ...files]] },
    {
      name: "checkov",
      command: (files) => [
        join(python.bin, "checkov"),
        ["--framework", "cloudformation", "--compact", "--quiet", ...files.flatMap((file) => ["-f", file])],
      ],
    },
    nag,
  ];
}

function writeTemplates(prefix: string, count: number, resources: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const file = `${prefix}-${at}.yaml`;
    writeFileSync(file, templateOf(resources));
    return file;
  });
}

/** Times each tool in turn; the ratio is of medians. */
function measure(
  what: string,
  files: readonly string[],
  { tools, rounds }: { tools: readonly Tool[]; rounds: number },
): void {
  console.log(what);
  const times = new Map(tools.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const tool of tools) times.get(tool.name)?.push(timed(tool, files).ms);
  }
  const ours = distributionOf(times.get(holdfast.name) ?? [])?.p50 ?? 0;
  for (const [name, each] of times) {
    const median = distributionOf(each)?.p50 ?? 0;
    const ratio = name === holdfast.name ? "" : `, ${(median / ours).toFixed(1)} × as long`;
    console.log(`  ${name.padEnd(16)} ${String(median).padStart(7)} ms (median of ${each.length})${ratio}`);
  }
}

/** Whether time grows as the templates do, and what memory it takes. */
function growth(files: readonly string[]): void {
  const { ms, maxRss } = timed(holdfast, files);
  console.log(`  ${files.length} templates: ${Math.round(ms)} ms, ${maxRss} MB at most`);
}

function timed(tool: Tool, files: readonly string[]): { readonly ms: number; readonly maxRss: string } {
  const [program, args] = tool.command(files);
  const from = performance.now();
  const timer = readdirSync("/usr/bin").includes("time") ? ["/usr/bin/time", "-f", "%M"] : [];
  const [first = program, ...rest] = [...timer, program, ...args];
  const { error, stderr } = spawnSync(first, rest, { timeout: WITHIN_MS, maxBuffer: 1 << 30 });
  if (error) throw error;
  const kilobytes = Number(stderr.toString().trim().split("\n").at(-1));
  return {
    ms: performance.now() - from,
    maxRss: Number.isFinite(kilobytes) ? String(Math.round(kilobytes / 1024)) : "?",
  };
}
