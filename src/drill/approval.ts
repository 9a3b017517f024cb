import type { Ms } from "../base/units.ts";
import type { Rig, Session } from "./rig.ts";

/**
 * Says yes each time that a person is asked, from then on, whether a region is given up; to be called again and again.
 * At AWS that takes what people take.
 */
export function approver({ live }: Rig, { world }: Session, from: Ms): () => void {
  let since = from;
  return () => {
    const asked = live.decided("recovery", ["asked"], since);
    if (asked === undefined) return;
    since = asked.at + 1;
    void world.recover({ what: "answer", approved: true }).catch(() => undefined); // then the failover does not come
  };
}
