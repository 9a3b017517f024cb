import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Problem } from "../base/error.ts";
import { type EscapeHatch, escapeHatchOf } from "./escape.ts";
import { placeOf } from "./place.ts";
import { safeMessageOf } from "./snapshot.ts";
import { type Definition, definitionError, validateDefinition } from "./validate.ts";
import { problem, show } from "./wording.ts";

/** A definition that holds, and where it came from. */
export interface LoadedDefinition {
  readonly definition: Definition;
  /** The file, absolute. */
  readonly path: string;
  /** Its folder: what the definition names is relative to it. */
  readonly directory: string;
  /** What its key `aws` does with the stacks before they become templates; null where there is none. */
  readonly aws: EscapeHatch | null;
}

/** A definition's file as it was read: `definition` is null where there are problems. */
export interface ReadDefinition {
  readonly definition: Definition | null;
  readonly problems: readonly PlacedProblem[];
  /** The file, absolute. */
  readonly path: string;
  readonly directory: string;
  /** As in {@link LoadedDefinition}. */
  readonly aws: EscapeHatch | null;
}

/** A problem with its file and line, such as `holdfast.config.ts:12`; the file alone where the line was not found. */
export interface PlacedProblem extends Problem {
  readonly place: string;
}

/** Loads a definition that holds. Rejects with a `UserError` that tells all its problems. */
export async function loadDefinition(path: string): Promise<LoadedDefinition> {
  const { definition, problems, path: file, directory, aws } = await readDefinition(path);
  if (definition !== null) return { definition, path: file, directory, aws };
  throw definitionError(
    problems.map((each) => ({ ...each, at: each.at === each.place ? each.at : `${each.place} ${each.at}` })),
  );
}

/**
 * Loads a definition's file, a module of TypeScript or JavaScript, and checks what it exports by default and the
 * folders and modules that it names. Never rejects: a file that is missing, is no program or fails at its import is a
 * problem too. The file is run, with all that it does at its top level.
 */
export async function readDefinition(path: string): Promise<ReadDefinition> {
  const file = resolve(path);
  const directory = dirname(file);
  const failed = (problem: PlacedProblem): ReadDefinition => ({
    definition: null,
    problems: [problem],
    path: file,
    directory,
    aws: null,
  });
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch {
    const fix = "run holdfast init, or say where it is with --config";
    return failed({ ...problem("DEF-020", "", `there is no definition at ${show(path)}`, fix), at: path, place: path });
  }
  const imported = await importDefault(file, path);
  if ("place" in imported) return failed(imported);
  const { definition, problems } = validateDefinition(imported.value);
  const all = definition === null ? problems : missingFiles(definition, directory);
  const placed = all.map((each) => ({ ...each, place: placeOf(path, source, each.at) }));
  const found = placed.length > 0 ? null : definition;
  const aws = found === null ? null : escapeHatchOf(imported.value);
  return { definition: found, problems: placed, path: file, directory, aws };
}

async function importDefault(file: string, path: string): Promise<{ readonly value: unknown } | PlacedProblem> {
  try {
    const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    if ("default" in module) return { value: module["default"] };
    const fix = "write export default defineSystem({ … })";
    return { ...problem("DEF-023", "", "the definition's file has no default export", fix), at: path, place: path };
  } catch (error) {
    const isSyntax = error instanceof SyntaxError || codeOf(error) === "ERR_INVALID_TYPESCRIPT_SYNTAX";
    const stack = error instanceof Error && typeof error.stack === "string" ? error.stack : "";
    const place =
      placeIn(stack, { file, path }) ?? (isSyntax ? placeIn(complaintOf(file), { file, path }) : undefined) ?? path;
    const said = safeMessageOf(error).split("\n", 1)[0] ?? "";
    const words = isSyntax
      ? problem("DEF-021", "", `the definition is no valid program: ${said}`, "mend it at this line")
      : problem(
          "DEF-022",
          "",
          `the definition failed while it was loaded: ${said}`,
          "mend what it does at its top level",
        );
    return { ...words, at: place, place };
  }
}

/** The first line of the definition that a stack trace names, or else of a file that it imports. */
function placeIn(stack: string, { file, path }: { readonly file: string; readonly path: string }): string | undefined {
  const places = [...stack.matchAll(/(?:^|[\s(])(?:file:\/\/)?(\/[^():\n]+):(\d+)/g)].map(([, name = "", line]) => ({
    name,
    line,
  }));
  const own = places.find(({ name }) => name === file || name === encodeURI(file));
  if (own !== undefined) return `${path}:${own.line}`;
  const other = places.find(({ name }) => name !== import.meta.filename);
  return other && `${relative(dirname(file), other.name)}:${other.line}`;
}

/**
 * What Node says of a file that it cannot compile: only for an error that nobody catches does it tell the line. Nothing
 * of it is run.
 */
function complaintOf(file: string): string {
  const program = `import ${JSON.stringify(pathToFileURL(file).href)};`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", timeout: 10_000 })
    .stderr;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** The folders and modules that a definition names must be there. */
function missingFiles(definition: Definition, directory: string): readonly Problem[] {
  const { edge, services, functions, journeys } = definition;
  const named = [
    { at: "edge.site", path: edge?.site ?? null, kind: "folder" as const },
    ...Object.entries(services).map(([id, { build }]) => ({
      at: `services.${id}.build`,
      path: build,
      kind: "folder" as const,
    })),
    ...Object.entries(functions).map(([id, { code }]) => ({
      at: `functions.${id}.code`,
      path: code,
      kind: "folder" as const,
    })),
    ...Object.entries(journeys).map(([id, { module }]) => ({
      at: `journeys.${id}.module`,
      path: module,
      kind: "module" as const,
    })),
  ];
  return named.flatMap(({ at, path, kind }) => {
    if (path === null || exists(resolve(directory, path), kind)) return [];
    return [
      problem(
        "DEF-016",
        at,
        `there is no ${kind} ${show(path)} beside the definition`,
        `create it, or name another ${kind}`,
      ),
    ];
  });
}

function exists(path: string, kind: "folder" | "module"): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return kind === "folder" ? stats?.isDirectory() === true : stats?.isFile() === true;
}
