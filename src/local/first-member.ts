import type { Address } from "./address.ts";
import type { DifferentRow } from "./engine/database-rows.ts";
import type { SessionTarget } from "./engine/database-session.ts";
import type { Member } from "./engine/member.ts";

/** A member and how the control plane reaches it now. */
export interface ReachedMember {
  readonly engine: Member;
  readonly via: Address;
}

/** What the control plane asks of, and has done by, whichever member is a set's first at that moment. */
export class FirstMember {
  readonly #component: string;
  readonly #find: () => ReachedMember | undefined;

  /** `find`: the first member; undefined where there is none, or it cannot be reached. */
  constructor(component: string, find: () => ReachedMember | undefined) {
    this.#component = component;
    this.#find = find;
  }

  /** Where its log ends, in bytes; undefined where that cannot be asked now. */
  async offset(): Promise<number | undefined> {
    const first = this.#find();
    const position = await first?.engine.position(first.via).catch(() => undefined);
    return position?.offset;
  }

  /** The oldest transaction that its copy might lack; undefined where it cannot be asked. */
  async horizon(): Promise<string | undefined> {
    const first = this.#find();
    return first?.engine.horizon?.(first.via).catch(() => undefined);
  }

  /** Ends the programs' sessions. Rejects where it cannot be reached. */
  async endSessions(): Promise<void> {
    const first = this.#reached();
    await first.engine.endSessions?.(first.via);
  }

  /** What the member at `via` wrote since `horizon` that this one has not, or has otherwise. */
  async differences(via: Address, engine: Member, horizon: string): Promise<readonly DifferentRow[]> {
    return (await engine.written?.(via, this.#reached().via, horizon)) ?? [];
  }

  /** How to open sessions with it; null where it cannot be reached. */
  target(): SessionTarget | null {
    const first = this.#find();
    return first?.engine.target?.(first.via) ?? null;
  }

  #reached(): ReachedMember {
    const first = this.#find();
    if (first) return first;
    throw new Error(`"${this.#component}" cannot be reached`);
  }
}
