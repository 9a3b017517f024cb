import { type Context, KINDS, type KindKey, variableName } from "./context.ts";
import { type Reader, mapOf, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

const OWN = ["PORT", "HOST", "PATH", "PGUSER", "PGPASSWORD"];

/** What follows the name of a component in the variables that tell of it; `topology/binding.ts` sets them. */
const SUFFIXES: Readonly<Record<KindKey, readonly string[]>> = {
  services: ["URL"],
  functions: ["ARN"],
  httpApis: ["URL"],
  accelerators: [],
  schedules: [],
  queues: ["URL", "ACROSS_REGIONS"],
  topics: ["ARN"],
  buses: ["NAME"],
  databases: ["URL", "READER_URL", "USER", "PASSWORD", "SECRET_ARN"],
  caches: ["URL", "USER", "PASSWORD", "SECRET_ARN"],
  tables: ["NAME", "ACCELERATOR_URL"],
  buckets: ["NAME"],
  fileSystems: ["PATH"],
  volumes: ["PATH"],
};

const readVariable = text({
  max: 64,
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  form: "a name of letters, digits and underscores",
});

/**
 * Reads a program's further variables; those that tell it where everything is cannot be set by hand, nor can those that
 * what carries it keeps for itself.
 */
export function readEnvironment(
  context: Context,
  kept: readonly string[] = [],
): Reader<Readonly<Record<string, string>>> {
  const own = KINDS.flatMap((kind) =>
    context[kind].flatMap((name) => SUFFIXES[kind].map((suffix) => variableName(name, suffix))),
  );
  const taken = new Set([...OWN, ...kept, ...own]);
  const readFree: Reader<string> = (name, at, problems) => {
    const found = readVariable(name, at, problems);
    if (found === undefined || !(taken.has(found) || found.startsWith("AWS_"))) return found;
    problems.push(problem("DEF-025", at, `${show(found)} is set by holdfast itself`, "remove it"));
    return undefined;
  };
  return mapOf(text({ max: 4_096, pattern: /^[^\0]*$/, form: "a text without null characters" }), 100, readFree);
}
