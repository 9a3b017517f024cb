import type { Archive } from "./archive.ts";
import type { Catalogue, Unreadable } from "./catalogue.ts";
import { type Stretch, expectedLog, ownSegments, restorable } from "./coverage.ts";
import { Damage } from "./damage.ts";
import { measure } from "./parcel.ts";
import { unpack } from "./unpack.ts";

/** What a look at every byte of an archive found. */
export interface Verified {
  readonly damages: readonly Unreadable[];
  /** Base backups that cannot be restored: themselves, or the log that they need to be consistent. */
  readonly badBases: readonly string[];
  /** What can be brought back, with what is damaged left out. */
  readonly restorable: readonly Stretch[];
}

/** Reads an archive whole, and holds it against what was written. Changes nothing. */
export async function verify(archive: Archive): Promise<Verified> {
  const catalogue = await archive.catalogue();
  const damages: Unreadable[] = [...catalogue.unreadable];
  const look = async (part: string, read: () => Promise<unknown>): Promise<boolean> => {
    try {
      await read();
      return true;
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      damages.push({ part, damage: error.kind, why: error.message });
      return false;
    }
  };
  const log = new Set<string>();
  for (const name of catalogue.log) if (await look(`log/${name}`, () => measure(archive.readLog(name)))) log.add(name);
  for (const name of expectedLog(catalogue).filter((each) => !catalogue.log.has(each)))
    damages.push({ part: `log/${name}`, damage: "missing", why: "it is not there" });
  const badBases: string[] = [];
  for (const base of catalogue.bases) {
    const isWhole = await look(`base/${base.id}/files`, () => unpack(archive, base, null));
    const isLogThere = ownSegments(base, catalogue.segmentBytes).every((name) => log.has(name));
    if (!isWhole || !isLogThere) badBases.push(base.id);
  }
  const sound: Catalogue = { ...catalogue, log, bases: catalogue.bases.filter(({ id }) => !badBases.includes(id)) };
  return { damages, badBases, restorable: restorable(sound) };
}
