import type { Problem } from "../base/error.ts";
import type { Size } from "../base/units.ts";
import { STORAGE } from "../facts/size.ts";
import { type Read, mapped, oneOf, optional, orNull, shape, storage, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

/**
 * Files that many programs share; each that uses it finds them at `/mnt/<name>`, and the folder in `<NAME>_PATH`.
 *
 * @example
 * documents: {}
 * @example
 * models: { engine: "fsx-lustre", size: "2400 GiB" }
 */
export interface FileSystem {
  /**
   * `efs`: over all zones, for services and functions. `fsx-lustre`: fast and in one zone, so lost with it.
   * `fsx-windows`: a pair over two zones, for programs of Windows. Both FSx are for services on `ec2` alone.
   * @default "efs"
   */
  readonly engine?: "efs" | "fsx-lustre" | "fsx-windows";
  /**
   * Of FSx alone; EFS grows by itself. Lustre takes 1200 GiB, 2400 GiB and its multiples. @default the smallest of
   * Lustre, 100 GiB of Windows
   */
  readonly size?: Size;
  /** The AWS Managed Microsoft AD whose users `fsx-windows` knows; it cannot be without. */
  readonly directoryId?: string;
}

/** A file system as a definition has it, with all that was left out. */
export type FileSystemDefinition = Read<typeof readFileSystem>;

const readDirectory = text({ max: 12, pattern: /^d-[0-9a-f]{10}$/, form: 'a directory such as "d-0123456789"' });

const fields = {
  engine: optional(oneOf("efs", "fsx-lustre", "fsx-windows"), "efs"),
  size: orNull(storage({ min: STORAGE.windows.min, max: STORAGE.lustre.max })),
  directoryId: orNull(readDirectory),
};

type Found = Partial<{ engine: "efs" | "fsx-lustre" | "fsx-windows"; size: number | null; directoryId: string | null }>;

/** Reads a file system. */
export const readFileSystem = mapped(shape(fields, checkEngine), ({ engine, size, directoryId }) => ({
  engine,
  sizeGiB: size ?? { efs: 0, "fsx-lustre": STORAGE.lustre.value, "fsx-windows": STORAGE.windows.value }[engine],
  directoryId,
}));

function checkEngine({ engine, size, directoryId }: Found, at: string, problems: Problem[]): void {
  if (engine === "efs" && typeof size === "number")
    problems.push(problem("DEF-011", `${at}.size`, "efs grows by itself", 'remove "size"'));
  if (engine === "fsx-lustre" && typeof size === "number" && !isLustreSize(size)) {
    const message = `${size} GiB is no size of Lustre`;
    problems.push(problem("DEF-007", `${at}.size`, message, "write 1200 GiB, 2400 GiB or a multiple of it"));
  }
  if (engine === "fsx-windows" && typeof size === "number" && size > STORAGE.windows.max) {
    const message = `${size} GiB is more than fsx-windows takes (${STORAGE.windows.max} GiB)`;
    problems.push(problem("DEF-007", `${at}.size`, message, "write less"));
  }
  if (engine === "fsx-windows" && directoryId === null) {
    const fix = 'add "directoryId", or write engine: "efs"';
    problems.push(problem("DEF-002", `${at}.directoryId`, "fsx-windows needs a directory for its users", fix));
  }
  if (engine !== undefined && engine !== "fsx-windows" && typeof directoryId === "string") {
    const message = `${show(engine)} joins no directory`;
    problems.push(problem("DEF-011", `${at}.directoryId`, message, "remove it"));
  }
}

function isLustreSize(size: number): boolean {
  return size === STORAGE.lustre.min || (size >= STORAGE.lustre.min && size % STORAGE.lustreStep.value === 0);
}
