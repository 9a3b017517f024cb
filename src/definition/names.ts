import type { Problem } from "../base/error.ts";
import { zonesOf } from "../facts/region.ts";
import { KINDS, type KindKey } from "./context.ts";
import { isObject } from "./schema.ts";
import { keyPath, problem, show } from "./wording.ts";

/** What instances, places and the emulated services are called by, and what every system is shipped with. */
const RESERVED = ["edge", "zone", "region", "sqs", "origin-verify"];

/** Names that come with a component: of things of their own, or of variables that would clash. */
const DERIVED: Readonly<Partial<Record<KindKey, readonly string[]>>> = {
  services: ["internal"],
  queues: ["dead-letters"],
  databases: ["reader", "master", "secret"],
  caches: ["secret"],
  tables: ["accelerator"],
};

/** A name is used once in all kinds, and so are the names that come from it. */
export function checkNames(system: Readonly<Record<string, unknown>>, problems: Problem[]): void {
  const taken = new Map<string, string>(RESERVED.map((name) => [name, "holdfast itself"]));
  for (const kind of KINDS) {
    const components = system[kind];
    for (const name of isObject(components) ? Object.keys(components) : []) {
      const at = keyPath(kind, name);
      for (const each of [name, ...(DERIVED[kind] ?? []).map((suffix) => `${name}-${suffix}`)]) {
        const owner = taken.get(each);
        if (owner === undefined) taken.set(each, at);
        else
          problems.push(
            problem("DEF-009", at, `the name ${show(each)} is taken by ${owner}`, "give one of them another name"),
          );
      }
      const reserved = reason(name);
      if (reserved) problems.push(problem("DEF-009", at, reserved, "give it another name"));
    }
  }
}

/** Why a name may not be used although it is well formed: it would be mistaken for something of the cloud's. */
function reason(name: string): string | undefined {
  if (name === "aws" || name.startsWith("aws-"))
    return `${show(name)} would set variables that belong to AWS's clients`;
  const region = /[a-z]{2}-[a-z]+-\d/.exec(name)?.[0];
  if (region !== undefined && zonesOf(region).length > 0)
    return `${show(name)} holds the name of region ${show(region)}`;
  return undefined;
}
