import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import type { RunCode } from "../codes.ts";
import { hasDebianPackages, unpackDebianPackages } from "./unpack-debian.ts";

/** The variant for programs of many threads. */
const LIBRARY = "libfaketimeMT.so.1";

/** Folder of the set that is unpacked. */
const UNPACKED = "faketime";

/** The path of libfaketime, which gives programs another clock; undefined where there is none. Changes nothing. */
export async function findFaketime(stateDirectory: string): Promise<string | undefined> {
  for (const root of ["/", join(stateDirectory, "engines", UNPACKED)]) {
    for (const lib of [join(root, "usr", "lib"), join(root, "usr", "lib64")]) {
      const triplets = (await readdir(lib).catch(() => [])).filter((name) => name.endsWith("-linux-gnu"));
      for (const folder of ["", ...triplets].map((triplet) => join(lib, triplet, "faketime"))) {
        if (existsSync(join(folder, LIBRARY))) return join(folder, LIBRARY);
      }
    }
  }
  return undefined;
}

/**
 * libfaketime: what the system has, else what was unpacked before; else, on Debian and Ubuntu, unpacks the system's own
 * package into the state folder, without root. Rejects with a `UserError` that names the command to run.
 */
export async function locateFaketime(stateDirectory: string, host: Host): Promise<string> {
  const found = await findFaketime(stateDirectory);
  if (found !== undefined) return found;
  const why = await faketimeLimit(stateDirectory);
  if (why === null) {
    const candidates = [{ name: UNPACKED, roots: ["libfaketime"] }];
    await unpackDebianPackages({ directory: join(stateDirectory, "engines"), candidates, what: "libfaketime", host });
  }
  const unpacked = await findFaketime(stateDirectory);
  if (unpacked !== undefined) return unpacked;
  throw new UserError({
    code: "RUN-020" satisfies RunCode,
    message: why ?? `the package "libfaketime" that was unpacked has no ${LIBRARY}`,
    fix: "install libfaketime with your system's package manager, such as `sudo dnf install libfaketime`",
  });
}

/** Why libfaketime cannot be had on this machine, with what mends it; null where it is there or can be unpacked. */
export async function faketimeLimit(stateDirectory: string): Promise<string | null> {
  if (process.platform !== "linux") return "libfaketime, which gives programs a wrong clock, takes Linux";
  if ((await findFaketime(stateDirectory)) !== undefined || (await hasDebianPackages())) return null;
  return "libfaketime is not installed; install it, such as with `sudo dnf install libfaketime`";
}
