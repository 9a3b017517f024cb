import type { Ms } from "../base/units.ts";
import type { StateDirectory } from "./state-directory.ts";

/** What it takes to write a small file at once. */
type Files = Pick<StateDirectory, "file" | "write">;

/**
 * The zones whose clocks are wrong, and what a process needs in its environment to have such a clock. Each zone's error
 * is in a file that libfaketime reads once a second, so that it can be taken back from processes that run.
 */
export class WrongClocks {
  readonly #files: Files;
  /** By zone: where libfaketime is. */
  readonly #libraries = new Map<string, string>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** What starts in the zone from now on has a clock that is wrong by this much (negative: slow). */
  skew(zone: string, byMs: Ms, library: string): void {
    this.#write(zone, byMs);
    this.#libraries.set(zone, library);
  }

  /** Clocks are right again, of processes that run too, within a second: they jump. */
  mend(zone: string): void {
    if (this.#libraries.delete(zone)) this.#write(zone, 0);
  }

  /** To be added to the environment of a process in this zone; empty where its clock is right. */
  environment(zone: string): Readonly<Record<string, string>> {
    const library = this.#libraries.get(zone);
    if (library === undefined) return {};
    return {
      // The C library's own allocator comes before any other that a program is linked with, as Valkey is with jemalloc,
      // which asks for the time before it gives memory, while libfaketime asks for memory before it tells the time.
      LD_PRELOAD: `${library}:libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: this.#files.file(fileOf(zone)),
      FAKETIME_CACHE_DURATION: "1",
      // Time-outs go by the monotonic clock, which no time service sets. Both names, for older versions.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
      // Every process reads the file itself; what would be shared between them outlives a kill.
      FAKETIME_DISABLE_SHM: "1",
    };
  }

  #write(zone: string, byMs: Ms): void {
    const seconds = Math.round(byMs / 1_000);
    this.#files.write(fileOf(zone), `${seconds < 0 ? "" : "+"}${seconds}s\n`);
  }
}

function fileOf(zone: string): string {
  return `clocks/${zone}`;
}
