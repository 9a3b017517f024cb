import type { FileSystemDefinition } from "../../definition/file-system.ts";

/** A file system that services mount at `/mnt/<id>`. */
export interface FileSystemSettings {
  /** `efs`: elastic, over all zones. `fsx-windows`: Multi-AZ. `fsx-lustre`: one zone, scratch or linked to a bucket. */
  readonly engine: "efs" | "fsx-lustre" | "fsx-windows";
  /** Of FSx; EFS grows by itself, and has 0 here. */
  readonly sizeGiB: number;
  /** The AWS Managed Microsoft AD that `fsx-windows` joins; null for the others. */
  readonly directoryId: string | null;
}

/** What a definition says of a file system. */
export function fileSystemSettings({ engine, sizeGiB, directoryId }: FileSystemDefinition): FileSystemSettings {
  return { engine, sizeGiB, directoryId };
}
