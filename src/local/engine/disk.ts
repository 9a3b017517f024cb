import type { DiskState } from "./member.ts";

/**
 * Which of these stopped members may simply be started as the primary: the one whose disk was a primary's on the
 * highest timeline. Every write that it acknowledged is on its own disk, and a promotion, which opens a higher
 * timeline, was only done once no older primary could acknowledge any more. Null where that disk is not among them
 * (lost, or unreadable): then start them all held, compare their positions as a failover does, and promote.
 */
export function choosePrimary(disks: Readonly<Record<string, DiskState | null>>): string | null {
  const known = Object.entries(disks).flatMap(([id, disk]) => (disk === null ? [] : [{ id, disk }]));
  const newest = Math.max(...known.map(({ disk }) => disk.timeline));
  const primaries = known.filter(({ disk }) => disk.timeline === newest && disk.role === "primary");
  return primaries.length === 1 ? (primaries[0]?.id ?? null) : null;
}
