import { isUserError, messageOf } from "../../base/error.ts";
import { type RunningSystem, runSystem } from "../run-system.ts";
import { serve } from "./ipc.ts";
import type { SupervisorProtocol } from "./messages-supervisor.ts";

/**
 * The supervisor's process. Started by the command line over IPC; where it is not detached it stops with that command,
 * and on SIGTERM or SIGINT in any case. Kills nothing by itself when it is killed: its watchdog does.
 */
let system: RunningSystem | null = null;
let stopRequested = false;

const stop = async (): Promise<void> => {
  stopRequested = true;
  await system?.stop();
};

process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

const emit = serve<SupervisorProtocol>({
  async configure(config) {
    const host = { say: (message: SupervisorProtocol["events"]["say"]): void => emit("say", message) };
    if (config.detach) process.removeAllListeners("disconnect");
    else replaceDisconnect();
    try {
      system = await runSystem(config, host, process.env);
    } catch (error) {
      if (isUserError(error)) emit("problem", { code: error.code, message: error.message, fix: error.fix });
      setImmediate(() => process.disconnect?.());
      throw new Error(messageOf(error), { cause: error });
    }
    void system.stopped.then(() => process.exit(0));
    if (stopRequested) await stop();
  },
  requests: {
    stop: async () => {
      await stop();
      return null;
    },
  },
  messages: {},
});

/** When the command that started it is gone, it stops in good order instead of at once. */
function replaceDisconnect(): void {
  process.removeAllListeners("disconnect");
  process.on("disconnect", () => void stop().then(() => process.exit(0)));
}
