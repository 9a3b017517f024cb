import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/error.ts";
import type { JournalEvent } from "../base/journal.ts";
import type { DrillCode } from "./codes.ts";
import type { FromLoad, JourneyAbility, LoadPlan, LoadRequestName, LoadRequests, ToLoad } from "./load-message.ts";

/** The load of one drill, in a process of its own. Every call rejects with DRL-004 once that process is gone. */
export interface Load {
  readonly abilities: readonly JourneyAbility[];
  ask<N extends Exclude<LoadRequestName, "open">>(
    name: N,
    ask: LoadRequests[N]["ask"],
  ): Promise<LoadRequests[N]["answer"]>;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

/**
 * Starts the process and loads the journeys; arrivals begin with `ask("start")`. Rejects with the UserError of a
 * journey's module.
 */
export async function openLoad(plan: LoadPlan, emit: (event: JournalEvent) => void): Promise<Load> {
  const source = import.meta.url.endsWith(".ts");
  const child = fork(fileURLToPath(new URL(source ? "./load-process.ts" : "./load-process.js", import.meta.url)), {
    execArgv: source ? ["--conditions=source"] : [],
    env: {},
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined); // it may end while nobody asks
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("error", (error) => gone.reject(ended(error.message)));
  child.once("close", (code, signal) => gone.reject(ended(signal ?? `exit ${code}`)));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on("message", (message) => receive(message as FromLoad, waiting, emit));
  let asked = 0;
  const ask = <N extends LoadRequestName>(
    name: N,
    about: LoadRequests[N]["ask"],
  ): Promise<LoadRequests[N]["answer"]> => {
    const answer = Promise.withResolvers<unknown>();
    waiting.set(++asked, answer);
    child.send({ id: asked, name, ask: about } as ToLoad, (error) => error && answer.reject(ended(error.message)));
    return Promise.race([answer.promise, gone.promise]) as Promise<LoadRequests[N]["answer"]>;
  };
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  try {
    return { abilities: await ask("open", plan), ask, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function receive(
  message: FromLoad,
  waiting: Map<number, PromiseWithResolvers<unknown>>,
  emit: (event: JournalEvent) => void,
): void {
  if (message.kind === "events") return message.events.forEach(emit);
  const asked = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.kind === "answer") return asked?.resolve(message.answer);
  const { code, fix, message: text } = message;
  const known = code !== undefined && fix !== undefined;
  asked?.reject(known ? new UserError({ code, fix, message: text }) : new Error(text));
}

function ended(how: string): UserError {
  return new UserError({
    code: "DRL-004" satisfies DrillCode,
    message: `the process that makes the load ended before its time (${how})`,
    fix: "run the drill again, with less on this machine or a lower --rate",
  });
}
