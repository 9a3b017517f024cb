import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ms } from "../../base/units.ts";
import { componentsOf } from "../../topology/topology.ts";
import type { Context } from "../context.ts";
import type { QueuedMessage } from "../engine/queue.ts";
import type { DifferentRow } from "../engine/database-rows.ts";
import type { LocalRegion } from "../region/local-region.ts";
import type { SavedItem } from "../../world/recovery.ts";

/** The folder of the state that the files are in. */
const FOLDER = "reconciliation";

/** The first transaction that a program can have. */
const EVERYTHING = "3";

/** Where the notes of promotions are. */
const FORKS = "control/forks.json";

interface QueueContents {
  readonly queue: string;
  readonly messages: readonly QueuedMessage[];
}

/** What a region was promoted on: by database, the oldest transaction that its copy might lack. */
type Forks = Record<string, Record<string, string>>;

/**
 * What a region that was given up had acknowledged and nobody else has: the rows of its databases that the region that
 * took over has otherwise or not at all, and the messages that nobody had worked off. They are written to one file a
 * region and time, a JSON object a line, for a person to reconcile; messages are then sent to the queue of the region
 * that serves, whose consumers check by their idempotency key what was done already.
 */
export class Reconciliation {
  readonly #context: Pick<Context, "state" | "clock" | "events" | "topology">;

  constructor(context: Pick<Context, "state" | "clock" | "events" | "topology">) {
    this.#context = context;
  }

  /** The files that there are, oldest first. */
  files(): readonly string[] {
    const folder = this.#context.state.file(FOLDER);
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(".jsonl"))
        .toSorted()
        .map((name) => join(folder, name));
    } catch {
      return []; // none was ever needed
    }
  }

  /** What is in the files that were written since then. */
  saved(since: Ms): readonly SavedItem[] {
    return this.files()
      .filter((file) => statSync(file).mtimeMs >= since)
      .flatMap(readReconciliation)
      .map((line) => ({ kind: line["kind"] === "row" ? "row" : "message", text: JSON.stringify(line) }));
  }

  /** Before a region is promoted: notes how far its copies reach. One that cannot be asked has the note it had. */
  async noteFork(former: LocalRegion, promoted: LocalRegion): Promise<void> {
    const { state } = this.#context;
    const forks = state.readJson<Forks>(FORKS) ?? {};
    const noted: Record<string, string> = { ...forks[former.name] };
    const isRestored = promoted.posture.data === "off"; // from a backup, which says nothing of transactions
    for (const set of promoted.databases) {
      const horizon = set.follows ? await set.first.horizon() : isRestored ? EVERYTHING : undefined;
      if (horizon !== undefined) noted[set.component] = horizon;
    }
    state.write(FORKS, JSON.stringify({ ...forks, [former.name]: noted }));
  }

  /** Writes down what `lost` has alone, and sends its messages on. False where that cannot be read yet. */
  async save(lost: LocalRegion, kept: LocalRegion): Promise<boolean> {
    const forks = this.#context.state.readJson<Forks>(FORKS)?.[lost.name] ?? {};
    const lines: object[] = [];
    for (const set of lost.databases) {
      const horizon = forks[set.component];
      const other = kept.databases.find(({ component }) => component === set.component);
      if (horizon === undefined || other === undefined) continue; // it was never promoted away from
      const rows = await set.readAlone((via, engine) => other.first.differences(via, engine, horizon));
      if (rows === undefined) return false;
      lines.push(...rows.map((row: DifferentRow) => ({ kind: "row", database: set.component, ...row })));
    }
    return this.#saveMessages(lost, kept, lines);
  }

  /** Sends what nobody has worked off in a region that stops working to the queues of the one that serves. */
  async handOver(from: LocalRegion, to: LocalRegion): Promise<void> {
    if (!from.plane.beside || !to.plane.beside) throw new Error("the queue services cannot be reached");
    for (const { queue, messages } of await this.#messagesIn(from)) await this.#send({ from, to, queue, messages });
  }

  async #saveMessages(lost: LocalRegion, kept: LocalRegion, rows: readonly object[]): Promise<boolean> {
    if (!lost.plane.beside || !kept.plane.beside) return false;
    const stranded = await this.#messagesIn(lost);
    const lines = stranded.flatMap(({ queue, messages }) =>
      messages.map(({ id, body }) => ({ kind: "message", queue, id, body })),
    );
    this.#write(lost.name, [...rows, ...lines]);
    for (const { queue, messages } of stranded) await this.#send({ from: lost, to: kept, queue, messages });
    this.#tell(lost.name, rows.length, lines.length);
    return true;
  }

  async #messagesIn(region: LocalRegion): Promise<readonly QueueContents[]> {
    const queues = componentsOf(this.#context.topology, "queue").map(async ({ id: queue }) => ({
      queue,
      messages: (await region.plane.beside?.request("list", { queue })) ?? [],
    }));
    return Promise.all(queues);
  }

  /** Sent first and deleted then: consumers check by their idempotency key what was done already. */
  async #send({ from, to, queue, messages }: QueueContents & Record<"from" | "to", LocalRegion>): Promise<void> {
    if (messages.length === 0) return;
    await to.plane.beside?.request("put", { queue, bodies: messages.map(({ body }) => body) });
    await from.plane.beside?.request("remove", { queue, ids: messages.map(({ id }) => id) });
  }

  /** One file a region, time and try; nothing where there is nothing to save. */
  #write(region: string, lines: readonly object[]): void {
    const { state, clock } = this.#context;
    if (lines.length === 0) return;
    const name = `${FOLDER}/${new Date(clock.now()).toISOString().replaceAll(":", "-")}-${region}.jsonl`;
    state.write(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  #tell(region: string, rows: number, messages: number): void {
    const { clock, events } = this.#context;
    const detail = `${rows} rows, ${messages} messages`;
    events.emit({ kind: "decision", at: clock.now(), component: "recovery", what: "saved", subject: region, detail });
  }
}

/** The lines of a file that {@link Reconciliation} wrote. */
function readReconciliation(file: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
