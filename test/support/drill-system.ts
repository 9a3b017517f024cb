import { dirname } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentHost } from "../../src/base/host.ts";
import { type LoadedDefinition, loadDefinition } from "../../src/definition/load.ts";
import type { DrillsDocument } from "../../src/base/drill-document.ts";
import { runDrills } from "../../src/drill/drills.ts";
import { planDrills } from "../../src/drill/plan.ts";
import { openWorld } from "../../src/local/open-world.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import type { Primitive } from "../../src/world/primitive.ts";
import { SHOP, temporaryState } from "./command.ts";

type Definition = LoadedDefinition["definition"];

/** How the system of a test differs from its definition, and what is done to it. */
export interface SystemDrill {
  /** @default the shop */
  readonly config?: string;
  readonly names: readonly string[];
  /** Operations a second; or, where it depends on the machine, made of the writes a second that the warm-up reached. */
  readonly rate: number | ((writesPerSecond: number) => number);
  change?(definition: Definition): Definition;
  /**
   * Writes that a few customers send one after the other before the drills: a cold system that is asked for hundreds a
   * second at once never gets out of its customers' retries.
   */
  readonly warmUp?: { readonly path: string; readonly writes: number };
  /** Injected before the drills, and left in force. */
  readonly handicap?: readonly Primitive[];
}

/** Runs drills on a system of its own, with real processes, and gives their report. */
export async function drillSystem(drill: SystemDrill): Promise<DrillsDocument> {
  using state = temporaryState();
  const { definition, path } = await loadDefinition(drill.config ?? SHOP);
  const changed = drill.change?.(definition) ?? definition;
  const topology = compileTopology(changed, { regions: "primary", directory: dirname(path) });
  const system = { topology, config: path, backups: null, stateDirectory: state.path };
  const { world, close } = await openWorld(system, { pace: "fast", host: silentHost });
  try {
    const { handicap = [], names, rate } = drill;
    const { site } = (await world.status()).endpoints;
    const writesPerSecond = drill.warmUp ? await warmUp(site ?? "", drill.warmUp) : 0;
    if (handicap.length > 0) await world.inject({ name: "handicap", target: null, primitives: handicap });
    return await runDrills(
      {
        planned: planDrills(topology, { names, all: false, seed: 1 }),
        world,
        host: silentHost,
        clock: systemClock,
        seed: 1,
        rate: typeof rate === "number" ? rate : rate(writesPerSecond),
        directory: `${state.path}/drills`,
        documentedMs: {},
        signal: new AbortController().signal,
      },
      () => undefined,
    );
  } finally {
    await close();
  }
}

/** Gives the writes a second that it reached in its second half, once the system was warm. */
async function warmUp(site: string, { path, writes }: NonNullable<SystemDrill["warmUp"]>): Promise<number> {
  let left = writes;
  let halfAt = systemClock.now();
  const customer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (left === Math.floor(writes / 2)) halfAt = systemClock.now();
      const key = `warm-up-${left}`;
      const headers = { "content-type": "application/json", "idempotency-key": key };
      const response = await fetch(`${site}${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ key, value: "" }),
      });
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 16 }, customer));
  return (writes / 2 / (systemClock.now() - halfAt)) * 1_000;
}
