import { messageOf } from "../../base/error.ts";
import type { Ms } from "../../base/units.ts";
import type { RegionBackups } from "../backup/region-backups.ts";
import type { Context } from "../context.ts";
import type { Hand } from "./hand.ts";

/** What hands do with backups. */
export interface BackupsAtHand {
  /** Whether this system keeps any. */
  readonly kept: boolean;
  /** Those of the region that leads. Throws RUN-036 where there are none now. */
  leading(): Pick<RegionBackups, "backUp" | "beginBackup" | "check" | "primary" | "prove">;
  /** Puts every database back. */
  restore(toTime: Ms): Promise<unknown>;
}

/** Why what is done with backups cannot be done here. */
export async function limitOfBackups({ kept }: Pick<BackupsAtHand, "kept">): Promise<string | null> {
  return kept ? null : "this system keeps no backups; start it with `holdfast up`, or name this drill";
}

/**
 * Begins a backup, and says what becomes of it. Undone, another one is taken, and what is kept is proved: every byte is
 * read, the latest state restored and thrown away, and nothing is offered of a backup that was broken off.
 */
export function backUpHand(
  backups: BackupsAtHand,
  { clock, events }: Pick<Context, "clock" | "events">,
): Hand<"back-up"> {
  const brokenOff = new Set<string>();
  const tell = (component: string, what: string, detail: string): void =>
    events.emit({ kind: "decision", at: clock.now(), component, what, subject: component, detail });
  return {
    limit: () => limitOfBackups(backups),
    prepare: async () => void (await backups.leading().backUp()),
    async do({ component }) {
      const { id, ended } = await backups.leading().beginBackup(component);
      void ended.then(
        () => tell(component, "backed-up", id),
        (error: unknown) => {
          brokenOff.add(id);
          tell(component, "backup-broken-off", `${id}: ${messageOf(error)}`);
        },
      );
    },
    async undo({ component }) {
      const { offered, damages, rows } = await backups.leading().prove(component);
      const unsound = [
        ...offered.filter((id) => brokenOff.has(id)).map((id) => `base/${id} is half a backup`),
        ...damages.map(({ part, damage, why }) => `${part} is ${damage} (${why})`),
      ];
      const isSound = unsound.length === 0;
      const detail = isSound ? `${offered.at(-1)}: ${rows} rows` : unsound.join(", ");
      tell(component, isSound ? "backup-proved" : "backup-unsound", detail);
    },
  };
}
