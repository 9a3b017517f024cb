import type { Context } from "../context.ts";
import type { RegionPlane } from "../region/region-plane.ts";
import { type Hand, noProcess } from "./hand.ts";

/** A consumer inside the queue service that always fails; undone, the dead letters go back to where they came from. */
export function strandHand(
  plane: Pick<RegionPlane, "beside" | "strand" | "redrive">,
  { clock, events }: Pick<Context, "clock" | "events">,
): Hand<"strand"> {
  return {
    async do({ queue, messages }) {
      if (!plane.beside) throw noProcess("queue service");
      await plane.strand(queue, messages);
    },
    async undo({ queue }) {
      if (!plane.beside) throw noProcess("queue service");
      const moved = await plane.redrive(queue);
      const detail = `${moved} ${moved === 1 ? "message" : "messages"}`;
      events.emit({ kind: "decision", at: clock.now(), component: queue, what: "redriven", subject: queue, detail });
    },
  };
}
