import type { WorldEvent } from "../base/journal.ts";
import { UserError, messageOf } from "../base/error.ts";
import type { Topology } from "../topology/topology.ts";
import type { World } from "../world/world.ts";
import type { RunCode } from "./codes.ts";
import type { RunRecord } from "./state-directory.ts";

/** A running system, over its control API. Rejects with RUN-009 where the supervisor does not answer. */
export interface WorldClient extends World {
  /** Asks the supervisor to drain and stop everything; resolves when it has heard. */
  stop(): Promise<void>;
  /** Ends the stream of events. */
  close(): void;
}

/** Connects to the system that `record` announces. */
export async function connectWorld(record: Pick<RunRecord, "control" | "token">): Promise<WorldClient> {
  const listeners = new Set<(event: WorldEvent) => void>();
  const abort = new AbortController();
  const call = createCall(record);
  const { topology, paceFactor } = (await call("GET", "/topology")) as { topology: Topology; paceFactor: number };
  await streamEvents(record, abort.signal, (event) => {
    for (const listener of listeners) listener(event);
  });
  return {
    topology,
    paceFactor,
    status: () => call("GET", "/status") as ReturnType<World["status"]>,
    limits: (needed = []) => call("POST", "/limits", { needed }) as ReturnType<World["limits"]>,
    inject: async (fault) => ((await call("POST", "/faults", fault)) as { id: string }).id,
    heal: async (id) => void (await call("DELETE", `/faults/${encodeURIComponent(id)}`)),
    recover: async (command) => void (await call("POST", "/recovery", command)),
    backup: () => call("POST", "/backup") as ReturnType<World["backup"]>,
    restore: (wanted) => call("POST", "/restore", wanted) as ReturnType<World["restore"]>,
    footprint: () => call("GET", "/footprint") as ReturnType<World["footprint"]>,
    saved: (since) => call("POST", "/saved", { since }) as ReturnType<World["saved"]>,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    settled: async (withinMs) => ((await call("POST", "/settled", { withinMs })) as { settled: boolean }).settled,
    queueDepths: () => call("GET", "/queues") as ReturnType<World["queueDepths"]>,
    replicas: (component) => call("GET", `/replicas/${component}`) as ReturnType<World["replicas"]>,
    pinReader: async (component, replica) => void (await call("POST", "/pin", { component, replica })),
    checksums: (component) => call("GET", `/checksums/${component}`) as ReturnType<World["checksums"]>,
    eventLoopDelays: () => call("GET", "/event-loop") as ReturnType<World["eventLoopDelays"]>,
    stop: async () => void (await call("POST", "/stop")),
    close: () => abort.abort(),
  };
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

function createCall({ control, token }: Pick<RunRecord, "control" | "token">): Call {
  return async (method, path, body) => {
    const response = await fetch(`${control}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw gone(error);
    });
    const answer = (await response.json()) as { error?: { code: string; message: string; fix?: string } };
    if (response.ok) return answer;
    const problem = answer.error ?? { code: "RUN-011", message: `HTTP ${response.status}` };
    if (problem.code === "BUG") throw new Error(problem.message);
    throw new UserError({ code: problem.code, message: problem.message, fix: problem.fix ?? "see `holdfast status`" });
  };
}

async function streamEvents(
  { control, token }: Pick<RunRecord, "control" | "token">,
  signal: AbortSignal,
  emit: (event: WorldEvent) => void,
): Promise<void> {
  const response = await fetch(`${control}/events`, { headers: { authorization: `Bearer ${token}` }, signal });
  const { body } = response;
  if (!response.ok || body === null) throw gone(new Error(`HTTP ${response.status}`));
  const decoder = new TextDecoder();
  let rest = "";
  void (async () => {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) emit(JSON.parse(line) as WorldEvent);
    }
  })().catch(() => undefined); // the stream ends with the supervisor or with close()
}

function gone(cause: unknown): UserError {
  return new UserError({
    code: "RUN-009" satisfies RunCode,
    message: `the running system does not answer (${messageOf(cause)})`,
    fix: "run `holdfast up`",
    cause,
  });
}
