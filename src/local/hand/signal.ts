import { type Hand, noProcess, nothingToUndo } from "./hand.ts";

/** Sends a signal to an instance's process tree; false where it has none now. */
export type SignalInstance = (instance: string, signal: NodeJS.Signals) => boolean;

/** SIGKILL. */
export function killHand(signal: SignalInstance): Hand<"kill"> {
  return {
    async do({ instance }) {
      if (!signal(instance, "SIGKILL")) throw noProcess(instance);
    },
    undo: nothingToUndo,
  };
}

/** SIGSTOP, and SIGCONT to undo it. */
export function pauseHand(signal: SignalInstance): Hand<"pause"> {
  return {
    async do({ instance }) {
      if (!signal(instance, "SIGSTOP")) throw noProcess(instance);
    },
    async undo({ instance }) {
      signal(instance, "SIGCONT");
    },
  };
}
