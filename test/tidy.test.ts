import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import: DESIGN's table as data. A room may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  facts: ["base"],
  definition: ["base", "facts"],
  topology: ["base", "facts", "definition"],
  control: ["base"],
  world: ["base", "topology"],
  fault: ["base", "topology", "world"],
  local: ["base", "facts", "topology", "control", "world", "fault"],
  simulate: ["base", "facts", "topology", "control", "world", "fault"],
  estimate: ["base", "facts", "topology", "control"],
  drill: ["base", "topology", "world", "fault"],
  report: ["base", "topology"],
  aws: ["base", "facts", "topology", "control", "fault"],
  audit: ["base", "facts", "topology"],
  cli: [
    "base",
    "facts",
    "definition",
    "topology",
    "control",
    "world",
    "fault",
    "local",
    "simulate",
    "estimate",
    "drill",
    "report",
    "aws",
    "audit",
  ],
};

const LIMIT = { fileLines: 400, testFileLines: 600, lineColumns: 120 } as const;
const BANNED = /\b(Date\.now|Math\.random|setTimeout|setInterval|new Date\(\))/;
const BANNED_NAMES = /(^|\/)(utils?|common|misc|helpers?)(\.|\/|$)/;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

const sources: readonly Source[] = execFileSync("git", [
  "ls-files",
  "--cached",
  "--others",
  "--exclude-standard",
  "*.ts",
])
  .toString()
  .split("\n")
  .filter((path) => path !== "")
  .flatMap((path) => {
    try {
      const text = readFileSync(path, "utf8");
      return [{ path, text, lines: text.split("\n") }];
    } catch {
      return []; // listed by git, deleted in the working tree
    }
  });
const inSrc = sources.filter(({ path }) => path.startsWith("src/"));

function imports(source: Source): string[] {
  const found = source.text.matchAll(/(?:^|\n)\s*(?:import|export)[^"'`;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/g);
  return [...found].map((match) => match[1] ?? match[2] ?? "");
}

/** Without `import type`, which is gone when the file runs, and without `import()`. */
function eagerImports({ text }: Source): string[] {
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)(?!\s+type\b)[^"'`;(]*?from\s+"([^"]+)"/g);
  return [...found].map((match) => match[1] ?? "");
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

describe("the house", () => {
  test("each room imports only what the table allows", () => {
    const wrong = inSrc.flatMap((source) => {
      const room = roomOf(source.path);
      if (room === undefined) return [];
      const allowed = MAY_IMPORT[room];
      if (allowed === undefined) return [`${source.path}: room "${room}" is not in the table`];
      return imports(source)
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(source.path), target)))
        .filter(
          (target) => target.startsWith("src/") && roomOf(target) !== room && !allowed.includes(roomOf(target) ?? "?"),
        )
        .map((target) => `${source.path} imports ${target}: put the feature into a lower room or pass it in`);
    });
    expect(wrong).toEqual([]);
  });

  test("no file imports itself by way of others, not even for a type", () => {
    const graph = new Map(
      inSrc.map((source) => {
        const targets = imports(source).filter((target) => target.startsWith("."));
        return [source.path, targets.map((target) => normalize(join(dirname(source.path), target)))];
      }),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test("the CDK, which takes seconds to load, is reached by no import that is not lazy", () => {
    const isCdk = (target: string): boolean => /^(aws-cdk-lib|constructs|@aws-cdk|@aws-sdk)(\/|$)/.test(target);
    const outside = inSrc
      .filter(({ path }) => !path.startsWith("src/aws/") && !path.endsWith(".test.ts"))
      .filter((source) => eagerImports(source).some(isCdk))
      .map(({ path }) => `${path}: only src/aws may import the CDK and the SDK`);
    const byPath = new Map(inSrc.map((source) => [source.path, source]));
    const reached = new Set<string>();
    const visit = (path: string): void => {
      const source = byPath.get(path);
      if (source === undefined || reached.has(path)) return;
      reached.add(path);
      const targets = eagerImports(source);
      if (targets.some((target) => target.startsWith("aws-cdk-lib")))
        outside.push(`${path} is loaded by every command`);
      for (const target of targets.filter((each) => each.startsWith(".")))
        visit(normalize(join(dirname(path), target)));
    };
    for (const entry of ["src/cli/main.ts", "src/index.ts", "src/aws/synth.ts"]) visit(entry);
    expect(outside).toEqual([]);
  });

  test("only the command line and entry points of processes touch the terminal, the environment and the exit", () => {
    const wrong = inSrc
      .filter(({ path }) => !path.startsWith("src/cli/") && !path.endsWith(".test.ts"))
      .filter(({ path }) => !path.startsWith("src/local/process/") && !path.endsWith("-process.ts"))
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, at) =>
          /\bprocess\.(exit\(|env\b|stdout|stderr)/.test(line) && !line.trim().startsWith("*")
            ? [`${path}:${at + 1}: hand it in or say it to a Host`]
            : [],
        ),
      );
    expect(wrong).toEqual([]);
  });

  test("clock and chance are parameters", () => {
    const wrong = [...inSrc, ...sources.filter(({ path }) => path.startsWith("test/"))]
      .filter(({ path }) => !path.startsWith("src/base/") && path !== "test/tidy.test.ts")
      .filter(({ path }) => !path.startsWith("test/support/register/")) // a user's program
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, at) =>
          BANNED.test(line.replace(/(\/\/|\*).*/, ""))
            ? [`${path}:${at + 1}: take a Clock or a Random (src/base)`]
            : [],
        ),
      );
    expect(wrong).toEqual([]);
  });

  test("files and lines keep their limits", () => {
    const wrong = sources.flatMap(({ path, lines }) => {
      const limit = path.endsWith(".test.ts") ? LIMIT.testFileLines : LIMIT.fileLines;
      const long = lines.flatMap((line, at) =>
        line.length > LIMIT.lineColumns ? [`${path}:${at + 1}: ${line.length} columns; break it`] : [],
      );
      return lines.length - 1 > limit
        ? [...long, `${path}: ${lines.length - 1} lines; split it by what it does`]
        : long;
    });
    expect(wrong).toEqual([]);
  });

  test("no file is named for nothing in particular", () => {
    expect(sources.map(({ path }) => path).filter((path) => BANNED_NAMES.test(path))).toEqual([]);
  });

  test("every export says what it is", () => {
    const exported = /^export (async )?(function|class|interface|type|const) (\w+)/;
    const wrong = inSrc
      .filter(({ path }) => !path.endsWith(".test.ts"))
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, at) => {
          const match = exported.exec(line);
          const before = lines[at - 1]?.trim() ?? "";
          const told = before.endsWith("*/") || before.startsWith("//") || before.startsWith("export");
          return match && !told && match[2] !== "type" && match[2] !== "interface"
            ? [`${path}:${at + 1}: ${match[3]} has no docstring`]
            : [];
        }),
      );
    expect(wrong).toEqual([]);
  });
});
