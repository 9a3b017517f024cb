import type { FileSystemComponent } from "../../topology/topology.ts";
import type { FileSystemHandle } from "../handle.ts";
import type { Site } from "../ship.ts";
import { shipEfs } from "../storage/efs.ts";
import { shipLustre, shipWindows } from "../storage/fsx.ts";

/** A file system that programs mount at `/mnt/<id>`: EFS over all zones, FSx for Windows over two, Lustre in one. */
export function shipFileSystem(site: Site, component: FileSystemComponent): FileSystemHandle {
  switch (component.settings.engine) {
    case "efs":
      return shipEfs(site, component);
    case "fsx-windows":
      return shipWindows(site, component);
    case "fsx-lustre":
      return shipLustre(site, component);
  }
}
