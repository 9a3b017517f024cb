import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JournalEvent } from "../base/journal.ts";
import { journalFile, openJournal, readJournal } from "./journal.ts";

let directory = "";
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), "holdfast-journal-"))));
afterAll(() => rm(directory, { recursive: true }));

const event = (at: number): JournalEvent => ({ kind: "event-loop", at, process: "load", maxDelayMs: 1 });

test("a journal gives back what was appended, in its order", async () => {
  const file = journalFile(directory, "zone-loss", Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(file).toBe(join(directory, "20260102T030405Z-zone-loss", "journal.jsonl"));
  const journal = await openJournal(file);
  const events = Array.from({ length: 20_000 }, (_, at) => event(at));
  for (const each of events) journal.append(each);
  await journal.close();
  expect(await readJournal(file)).toEqual({ events, torn: null });
});

test("a torn last line is left out and told of", async () => {
  const file = join(directory, "torn.jsonl");
  await writeFile(file, `${JSON.stringify(event(1))}\n`);
  await appendFile(file, '{"kind":"event-l');
  expect(await readJournal(file)).toEqual({ events: [event(1)], torn: "line 2 was not written to its end" });
});

test("rejects a file with a broken line in its middle", async () => {
  const file = join(directory, "broken.jsonl");
  await writeFile(file, `{"kind":\n${JSON.stringify(event(1))}\n`);
  await expect(readJournal(file)).rejects.toThrow("broken.jsonl:1 is no JSON");
});
