import type { Parts } from "../assemble.ts";
import type { ReplicaSet } from "../replica-set.ts";
import { type Hand, noProcess } from "./hand.ts";

/** Keeps a writer's endpoint where it leads. Undone, it leads new connections to the primary, and moves no open one. */
export function holdEndpointHand({ replicaSets }: Pick<Parts, "replicaSets">): Hand<"hold-endpoint"> {
  const find = (id: string): ReplicaSet | undefined => replicaSets.find(({ component }) => component === id);
  return {
    async do({ component }) {
      if (!find(component)?.holdEndpoint()) throw noProcess(component);
    },
    async undo({ component }) {
      find(component)?.releaseEndpoint();
    },
  };
}
