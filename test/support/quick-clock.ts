import type { Clock } from "../../src/base/clock.ts";

/** A clock whose waits are over at once and are kept, so that a test of polling takes no time. */
export function quickClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let now = 1_795_000_000_000;
  return {
    waits,
    now: () => now,
    after: () => () => undefined,
    async sleep(ms, signal) {
      waits.push(ms);
      now += ms;
      // Lets sockets and other promises run.
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/** A host that keeps what it is told. */
export function listeningHost(): { readonly said: string[]; say(message: { text: string; about?: string }): void } {
  const said: string[] = [];
  return { said, say: ({ text, about }) => void said.push(about === undefined ? text : `${about}: ${text}`) };
}
