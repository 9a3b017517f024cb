import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Address } from "../address.ts";
import type { Child, Command, Spawner } from "../process/child.ts";
import { until } from "./database-session.ts";
import { logLength, logSince, startFailure } from "./start-failure.ts";

/** How an engine is started, and how one knows that it is up. */
export interface Launch {
  readonly command: Command;
  readonly listen: Address;
  readonly spawner: Spawner;
  readonly clock: Clock;
  readonly withinMs: Ms;
  /** Rejects as long as it does not serve. */
  ready(): Promise<unknown>;
  /** Called at once when the process exists, long before it serves. */
  onSpawned(child: Child): void;
}

/**
 * Starts an engine and waits until it serves. Rejects, with a `UserError` where the user can mend it, when it exits
 * first, even where somebody else answers at its address; and when it takes too long.
 */
export async function launch({ command, listen, spawner, clock, withinMs, ready, onSpawned }: Launch): Promise<void> {
  const { name: id, logFile } = command;
  const logged = await logLength(logFile);
  const child = await spawner.spawn(command);
  onSpawned(child);
  let exited = false;
  const failed = child.exited.then(async (exit) => {
    exited = true;
    throw startFailure({ id, listen, exit, log: await logSince(logFile, logged), logFile });
  });
  const serves = async (): Promise<true | undefined> => {
    const served = await ready().then(
      () => true,
      () => false,
    );
    return served || exited ? true : undefined; // then `failed` tells
  };
  const otherwise = `"${id}" did not accept connections within ${withinMs} ms`;
  await Promise.race([until(serves, { clock, withinMs, everyMs: 20, otherwise }), failed]);
}
