import type { Parts } from "../assemble.ts";
import type { TaskSet } from "../task-set.ts";
import { type Hand, noProcess } from "./hand.ts";

/** Deploys another program as a service's next revision. Undone, the definition's own, if that is not back. */
export function deployHand({ services }: Parts): Hand<"deploy"> {
  const find = (service: string): { tasks: TaskSet; run: string } => {
    const found = services.find(({ component }) => component.id === service);
    if (!found) throw noProcess(service);
    return { tasks: found.tasks, run: found.component.settings.run };
  };
  return {
    async do({ service, run }) {
      find(service).tasks.see({ kind: "revision", revision: run });
    },
    async undo({ service }) {
      const { tasks, run } = find(service);
      tasks.see({ kind: "revision", revision: run });
    },
  };
}
