import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Archive } from "./archive.ts";
import type { Manifest } from "./catalogue.ts";
import { ownSegments, restorable, segmentHolding } from "./coverage.ts";
import { takeIn } from "./incoming.ts";
import { readBackupKey } from "./key.ts";
import { writeParcel } from "./parcel.ts";
import { prune } from "./prune.ts";
import { verify } from "./verify.ts";

let folder: string;
let archive: Archive;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  archive = new Archive(folder, null);
  await archive.open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Has a member hand a part of the log over. */
function handOver(member: string, name: string, contents: string): void {
  mkdirSync(archive.incoming(member), { recursive: true });
  writeFileSync(join(archive.incoming(member), name), contents);
}

async function* empty(): AsyncGenerator<Buffer> {}

function segment(number: number): string {
  return segmentHolding(1, number * archive.segmentBytes, archive.segmentBytes);
}

/** A base backup of nothing, in the segment `number`, that ended at that time. */
async function addBase(number: number): Promise<Manifest> {
  const lsn = number * archive.segmentBytes;
  const times = { startedAt: number - 0.5, completeAt: number - 0.1, finishedAt: number };
  const id = `b${number}`;
  await archive.beginBase(id);
  await writeParcel(archive.filesOf(id), empty(), null);
  const place = { timeline: 1, startLsn: lsn + 40, stopLsn: lsn + 80 };
  const manifest: Manifest = { holdfast: 1, id, ...times, ...place, keyId: null, folders: [], files: [] };
  await archive.finishBase(manifest);
  return manifest;
}

/** Log from segment 1 to `last`, and at the end of each a mark. */
async function addLog(last: number): Promise<void> {
  for (let number = 1; number <= last; number += 1) {
    handOver("a", segment(number), `segment ${number}`);
    await archive.note({ kind: "mark", at: number + 0.9, timeline: 1, lsn: number * archive.segmentBytes + 90 });
  }
  await takeIn(archive);
}

describe("what members hand over", () => {
  test("is taken in once, the same from each; what is no log is not", async () => {
    handOver("a", segment(1), "one");
    handOver("b", segment(1), "one");
    handOver("b", segment(2), "two");
    handOver("b", `${segment(3)}.partial`, "half");
    handOver("b", `${segment(4)}.new`, "being written");
    expect(await takeIn(archive)).toEqual({ added: [segment(1), segment(2)], differing: [] });
    expect(await archive.logNames()).toEqual([segment(1), segment(2)]);
    expect([readdirSync(archive.incoming("a")), readdirSync(archive.incoming("b"))]).toEqual([
      [],
      [`${segment(4)}.new`],
    ]);
  });

  test("never replaces another segment of the same name, also after a restart", async () => {
    handOver("a", segment(1), "one");
    await takeIn(archive);
    handOver("b", segment(1), "another");
    expect(await takeIn(new Archive(folder, null))).toEqual({
      added: [],
      differing: [`differing/b-${segment(1)}`],
    });
    expect(readdirSync(archive.incoming("b"))).toEqual([]);
    handOver("a", segment(1), "one");
    expect((await takeIn(new Archive(folder, null))).added).toEqual([]);
  });

  test("replaces a segment that cannot be read any more", async () => {
    handOver("a", segment(1), "one");
    await takeIn(archive);
    writeFileSync(join(folder, "log", segment(1)), "rubbish");
    handOver("b", segment(1), "one");
    const again = new Archive(folder, readBackupKey("00".repeat(32)));
    expect((await takeIn(again)).added).toEqual([segment(1)]);
    expect((await verify(again)).damages).toEqual([]);
  });
});

describe("retention", () => {
  test("keeps what each backup needs itself, and all log that the window rests on", async () => {
    for (const number of [1, 4, 7]) await addBase(number);
    await addLog(9);
    await prune(archive, ["b1"], 8);
    expect(await archive.logNames()).toEqual([4, 7, 8, 9].map(segment));
    const { restorable: stretches, damages } = await verify(archive);
    expect(damages).toEqual([]);
    expect(stretches).toEqual([
      { from: 3.9, to: 3.9 },
      { from: 7, to: 9.9 },
    ]);
  });

  test("deletes no log while the oldest moment of the window still rests on the oldest backup", async () => {
    for (const number of [1, 4]) await addBase(number);
    await addLog(6);
    await prune(archive, [], 3);
    expect(await archive.logNames()).toEqual([1, 2, 3, 4, 5, 6].map(segment));
    expect(restorable(await archive.catalogue()).at(-1)).toEqual({ from: 1, to: 6.9 });
  });

  test("deletes no log where a manifest cannot be read", async () => {
    for (const number of [1, 4]) await addBase(number);
    await addLog(6);
    writeFileSync(join(folder, "base", "b1", "manifest.json"), "rubbish");
    await prune(archive, [], 6);
    expect(await archive.logNames()).toEqual([1, 2, 3, 4, 5, 6].map(segment));
  });
});

test("a backup begun and never finished is no backup, and is removed with the next start", async () => {
  const base = await addBase(1);
  await archive.beginBase("half");
  writeFileSync(archive.filesOf("half"), "");
  expect((await archive.catalogue()).bases).toEqual([base]);
  await archive.open();
  expect(readdirSync(join(folder, "base"))).toEqual(["b1"]);
  expect(ownSegments(base, archive.segmentBytes)).toEqual([segment(1)]);
});
