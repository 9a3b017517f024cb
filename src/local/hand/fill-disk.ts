import type { Parts } from "../assemble.ts";
import { fullDiskLimit } from "../engine/full-disk.ts";
import type { Member } from "../engine/member.ts";
import { type Hand, noProcess } from "./hand.ts";

/** Lets a database instance write no byte more, over its restarts too. Undone, the controllers bring it back. */
export function fillDiskHand({ replicaSets }: Pick<Parts, "replicaSets">): Hand<"fill-disk"> {
  const find = (instance: string): Member | undefined =>
    replicaSets.map((set) => set.member(instance)?.engine).find((engine) => engine !== undefined);
  return {
    async do({ instance }) {
      const engine = find(instance);
      if (!engine?.fillDisk || engine.process() === null) throw noProcess(instance);
      await engine.fillDisk(true);
    },
    async undo({ instance }) {
      await find(instance)?.fillDisk?.(false);
    },
    limit: fullDiskLimit,
  };
}
