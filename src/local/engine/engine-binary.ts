/**
 * Where an engine came from: the search path, the npm package, unpacked into the state folder, or Homebrew's own
 * folder.
 */
export type EngineOrigin = "path" | "npm" | "unpacked" | "homebrew";

/** An engine on this machine, as it is started. */
export interface EngineBinary {
  readonly version: string;
  readonly origin: EngineOrigin;
  /** Folder of its programs, absolute. */
  readonly bin: string;
  /** Variables that its programs need to start, such as where their libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

/** Valkey or Redis: they speak the same protocol and are configured alike. */
export interface CacheBinary extends EngineBinary {
  readonly flavour: "valkey" | "redis";
}

/** Where to look. */
export interface EngineSearch {
  /** `.holdfast/`; engines that have to be unpacked go to `engines/` in it. */
  readonly stateDirectory: string;
  /** The value of PATH. @default the system's usual folders */
  readonly searchPath?: string;
}

/** Folders that are searched where the caller does not hand over PATH. */
export const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin";
