import { UserError } from "../base/error.ts";
import { parseRate } from "../base/units.ts";
import { ASSUMPTION_FIELDS } from "./assumption.ts";
import type { Code } from "./codes.ts";
import { type Read, type Reader, listOfAll, mapOf, optional, orNull, parsed, shape, text, whole } from "./schema.ts";
import { snapshot } from "./snapshot.ts";

const MOST = 1_000;
const MOST_TASKS = 100_000;
const MOST_REQUESTS = 1_000_000;

const name = text({ max: 500 });
const names = listOfAll(name, MOST);
const rate = parsed(parseRate, 'a rate such as "500 requests/second"', {
  min: 0.001,
  max: MOST_REQUESTS,
  unit: (value) => `${value} requests/second`,
});

function byName<T>(read: Reader<T>) {
  return optional(mapOf(read, MOST, name), Object.create(null) as Readonly<Record<string, T>>);
}

const readFile = shape({
  ...ASSUMPTION_FIELDS,
  region: orNull(name),
  entries: optional(names, []),
  zones: byName(names),
  tasks: byName(shape({ count: orNull(whole({ min: 1, max: MOST_TASKS })), bears: orNull(rate) })),
  needs: byName(names),
  peak: orNull(rate),
});

/** What a file of assumptions about templates says; null where it does not. */
export type TemplateAssumptionsFile = Read<typeof readFile>;

/** What somebody says of what templates do not, in `file`. Throws a `UserError` with all that is wrong with it. */
export function readTemplateAssumptions(value: unknown, file: string): TemplateAssumptionsFile {
  const { value: said, problems: unreadable } = snapshot(value ?? {});
  const problems = [...unreadable];
  const found = readFile(said, "", problems);
  if (found !== undefined && problems.length === 0) return found;
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) throw new UserError({ ...first, at: `${file}: ${first.at}` });
  const lines = problems.map(({ code, at, message, fix }) => `  ${code} ${at}: ${message}; ${fix}`);
  throw new UserError({
    code: "DEF-024" satisfies Code,
    message: [`the assumptions have ${problems.length} problems`, ...lines].join("\n"),
    fix: `mend ${file}`,
    at: file,
  });
}
