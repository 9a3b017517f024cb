import type { Ms } from "../../base/units.ts";
import { resolve } from "node:path";
import { LAMBDA } from "../../facts/serverless.ts";
import type { Definition } from "../../definition/validate.ts";

export interface FunctionSettings {
  /** Folder of the code, absolute, as it is to be packed: dependencies included. */
  readonly directory: string;
  readonly runtime: string;
  /** `file.export`, as Lambda takes it. */
  readonly handler: string;
  readonly uses: readonly string[];
  /** The queue that it works off; null where it is invoked by something else. */
  readonly consumes: string | null;
  readonly batchSize: number;
  readonly timeoutMs: Ms;
  readonly memoryMiB: number;
  /** How many may run at once; null: as many as the account allows. */
  readonly reservedConcurrency: number | null;
  /** Whether it sits in the private subnets: where it uses a database, a cache, a file system or a service. */
  readonly inNetwork: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a definition in `directory` says of one of its functions. */
export function functionSettings(definition: Definition, id: string, directory: string): FunctionSettings {
  const found = definition.functions[id]!; // it is asked for by its own name
  return {
    directory: resolve(directory, found.code),
    runtime: found.runtime,
    handler: found.handler,
    uses: found.uses,
    consumes: found.consumes,
    batchSize: found.batchSize ?? LAMBDA.batchSize.value,
    timeoutMs: found.timeout,
    memoryMiB: found.memory,
    reservedConcurrency: found.reservedConcurrency,
    inNetwork: found.uses.some((used) => isInNetwork(definition, used)),
    environment: { ...found.environment },
  };
}

/** What can be reached from inside of the network alone; DAX, the accelerator of a table, too. */
function isInNetwork({ services, databases, caches, fileSystems, tables }: Definition, id: string): boolean {
  const has = (named: Readonly<Record<string, unknown>>): boolean => Object.hasOwn(named, id);
  return [services, databases, caches, fileSystems].some(has) || (has(tables) && tables[id]?.accelerator === true);
}
