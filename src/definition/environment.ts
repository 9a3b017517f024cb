import { type Context, variableName } from "./context.ts";
import { type Reader, mapOf, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

const OWN = ["PORT", "HOST", "PGPASSWORD", "PATH"];

const readVariable = text({
  max: 64,
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  form: "a name of letters, digits and underscores",
});

/** Reads a program's further variables; those that tell it where everything is cannot be set by hand. */
export function readEnvironment(context: Context): Reader<Readonly<Record<string, string>>> {
  const { http, queues, databases, caches } = context;
  const urls = [...http, ...queues, ...databases, ...caches].map((name) => variableName(name, "URL"));
  const ofDatabases = databases.flatMap((name) => [variableName(name, "READER_URL"), variableName(name, "PASSWORD")]);
  const taken = new Set([...OWN, ...urls, ...ofDatabases]);
  const readFree: Reader<string> = (name, at, problems) => {
    const found = readVariable(name, at, problems);
    if (found === undefined || !(taken.has(found) || found.startsWith("AWS_"))) return found;
    problems.push(problem("DEF-025", at, `${show(found)} is set by holdfast itself`, "remove it"));
    return undefined;
  };
  return mapOf(text({ max: 4_096, pattern: /^[^\0]*$/, form: "a text without null characters" }), 100, readFree);
}
