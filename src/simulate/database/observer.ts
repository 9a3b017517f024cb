import type { Random } from "../../base/random.ts";
import type { VirtualTime } from "../virtual-time.ts";

/**
 * What an observer believes of each member, changed only some time after the truth has changed: thresholds of health
 * checks.
 */
export interface Observers {
  /** To be called when the truth may have changed. */
  look(): void;
  /** Says everything that is believed, of this observer or of all. */
  repeat(observer?: string): void;
  /** It lost power, and with it all that it believed. */
  forget(observer: string): void;
}

/** Observers of members; `sees` is the truth, `tell` the way to the controller. */
export function createObservers(options: {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly observers: readonly string[];
  readonly members: readonly string[];
  readonly sees: (observer: string, member: string) => boolean;
  readonly tell: (observer: string, member: string, ok: boolean) => void;
}): Observers {
  const { time, random, sees, tell } = options;
  const views = options.observers.flatMap((observer) =>
    options.members.map((member) => ({ observer, member, belief: null as boolean | null, pending: false })),
  );
  const look = (): void => {
    for (const view of views) {
      if (view.pending || sees(view.observer, view.member) === view.belief) continue;
      view.pending = true;
      time.after(200 + 400 * random.next(), () => {
        view.pending = false;
        const ok = sees(view.observer, view.member);
        if (ok === view.belief) return;
        view.belief = ok;
        tell(view.observer, view.member, ok);
      });
    }
  };
  return {
    look,
    repeat(observer) {
      for (const view of views) {
        if ((observer === undefined || view.observer === observer) && view.belief !== null)
          tell(view.observer, view.member, view.belief);
      }
    },
    forget(observer) {
      for (const view of views) if (view.observer === observer) view.belief = null;
    },
  };
}
