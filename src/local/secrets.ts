import { randomBytes } from "node:crypto";
import type { StateDirectory } from "./state-directory.ts";

/**
 * Throw-away passwords of one state folder: made once, kept in a file of mode 600, never on a command line or in a log.
 */
export interface Secrets {
  /** The app user's password of a database. */
  database(component: string): string;
  /** The password under which members of a database replicate and are commanded. */
  replication(component: string): string;
  cache(component: string): string;
}

/** Reads the folder's secrets, or makes new ones. */
export function openSecrets(state: StateDirectory): Secrets {
  const known = new Map(Object.entries(state.readJson<Record<string, string>>("secrets.json") ?? {}));
  const secret = (name: string): string => {
    const existing = known.get(name);
    if (existing !== undefined) return existing;
    const made = randomBytes(18).toString("hex");
    known.set(name, made);
    state.write("secrets.json", JSON.stringify(Object.fromEntries(known)));
    return made;
  };
  return {
    database: (component) => secret(`${component}.app`),
    replication: (component) => secret(`${component}.replication`),
    cache: (component) => secret(`${component}.cache`),
  };
}
