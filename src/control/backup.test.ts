import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import type { Ms } from "../base/units.ts";
import type { BackupAct, BackupSeen, BackupSpec, BackupState, KeptBase } from "./backup/language.ts";
import { neededLog } from "./backup/retention.ts";
import { backup } from "./backup.ts";

const SPEC: BackupSpec = { everyMs: 100, keepMs: 350, copies: true, testEveryMs: 250, retryMs: 10 };
const TOOK = 5;

/** A world in virtual time: what is to be done takes a moment, and goes well unless `fails` says otherwise. */
class Trial {
  readonly acts: { readonly at: Ms; readonly act: BackupAct }[] = [];
  now = 0;
  state: BackupState;
  readonly #spec: BackupSpec;
  readonly #fails: (act: BackupAct) => boolean;
  #wakeAt: Ms | null = null;
  #ending: { readonly at: Ms; readonly act: BackupAct } | null = null;

  constructor(spec: BackupSpec = SPEC, fails: (act: BackupAct) => boolean = () => false) {
    this.#spec = spec;
    this.#fails = fails;
    this.state = backup.start(spec, 0);
  }

  see(...seen: readonly BackupSeen[]): void {
    const step = backup.step(this.#spec, this.state, this.now, seen);
    this.state = step.state;
    this.#wakeAt = step.wakeAt;
    expect(step.act.length).toBeLessThanOrEqual(1);
    for (const act of step.act) {
      expect(this.#ending, "two at once").toBeNull();
      this.acts.push({ at: this.now, act });
      this.#ending = { at: this.now + TOOK, act };
    }
  }

  runUntil(end: Ms): void {
    for (;;) {
      const next = Math.min(this.#ending?.at ?? Infinity, this.#wakeAt ?? Infinity);
      if (next > end) break;
      this.now = next;
      if (this.#ending?.at === next) this.#finish(this.#ending.act);
      else this.see();
    }
    this.now = end;
  }

  kinds(): string[] {
    return this.acts.map(({ at, act }) => `${at} ${act.kind}`);
  }

  #finish(act: BackupAct): void {
    this.#ending = null;
    const ok = !this.#fails(act);
    const base = kept(`b${act.id}`, this.now - TOOK);
    this.see({ kind: "done", id: act.id, ok, ...(ok && act.kind === "backup" ? { base } : {}) });
  }
}

function kept(id: string, startedAt: Ms, more: Partial<KeptBase> = {}): KeptBase {
  return { id, startedAt, finishedAt: startedAt + TOOK, good: true, copied: false, ...more };
}

const NOTHING: BackupSeen = { kind: "listed", bases: [], lastTestAt: null };

describe("backups of a database", () => {
  test("are taken on schedule, copied, tested and deleted, one thing at a time", () => {
    const trial = new Trial();
    trial.runUntil(20);
    expect(trial.acts).toEqual([]); // what the archive holds is not known yet
    trial.see(NOTHING);
    trial.runUntil(500);
    expect(trial.kinds()).toEqual([
      "20 backup",
      "25 copy",
      "120 backup",
      "125 copy",
      "220 backup",
      "225 copy",
      "275 test",
      "320 backup",
      "325 copy",
      "375 delete",
      "420 backup",
      "425 copy",
      "475 delete",
    ]);
    expect(trial.state.bases.map(({ id }) => id)).not.toContain("b1");
  });

  test("go on from what is there, and one that is overdue is taken at once", () => {
    const trial = new Trial();
    trial.see({ kind: "listed", bases: [kept("old", -50, { copied: true })], lastTestAt: -10 });
    trial.runUntil(60);
    expect(trial.kinds()).toEqual(["50 backup", "55 copy"]);
    const late = new Trial();
    late.see({ kind: "listed", bases: [kept("old", -200, { copied: true })], lastTestAt: -10 });
    expect(late.kinds()).toEqual(["0 backup"]);
  });

  test("that failed are tried again after a pause, and so is a copy", () => {
    const failures = new Set([1, 3]);
    const trial = new Trial(SPEC, ({ id }) => failures.has(id));
    trial.see(NOTHING);
    trial.runUntil(60);
    expect(trial.kinds()).toEqual(["0 backup", "15 backup", "20 copy", "35 copy"]);
  });

  test("are taken when asked for, though one is under way and a failure was just now", () => {
    const trial = new Trial(SPEC, ({ id }) => id === 1);
    trial.see(NOTHING);
    trial.runUntil(2);
    trial.see({ kind: "asked" });
    trial.runUntil(7);
    trial.see({ kind: "asked" });
    trial.runUntil(50);
    expect(trial.kinds()).toEqual(["0 backup", "7 backup", "12 copy"]);
    trial.see({ kind: "asked" });
    trial.runUntil(52);
    trial.see({ kind: "asked" });
    trial.runUntil(70);
    expect(trial.kinds().slice(3)).toEqual(["50 backup", "55 backup", "60 copy"]);
  });

  test("that turned out to be bad are replaced at once, and the last good one stays however old", () => {
    const trial = new Trial({ ...SPEC, testEveryMs: null }, ({ kind, id }) => kind === "backup" && id > 3);
    trial.see(NOTHING);
    trial.runUntil(110);
    expect(trial.state.bases.map(({ id }) => id)).toEqual(["b1", "b3"]);
    trial.see({ kind: "bad", bases: ["b3"], copies: [] });
    expect(trial.kinds().at(-1)).toBe("110 backup");
    trial.runUntil(5_000);
    expect(trial.state.bases.map(({ id }) => id)).toEqual(["b1"]);
  });

  test("are copied again where the copy is bad", () => {
    const trial = new Trial({ ...SPEC, testEveryMs: null });
    trial.see(NOTHING);
    trial.runUntil(50);
    trial.see({ kind: "bad", bases: [], copies: ["b1"] });
    trial.runUntil(60);
    expect(trial.kinds()).toEqual(["0 backup", "5 copy", "50 copy"]);
  });

  test("never two at once, never without a good one, and on time once nothing fails: 500 random series", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = seededRandom(seed);
      let failing = true;
      const trial = new Trial(SPEC, () => failing && random.next() < 0.3);
      trial.see(NOTHING);
      let hadGood = false;
      for (let event = 0; event < 40; event += 1) {
        trial.runUntil(trial.now + random.int(60));
        const { bases } = trial.state;
        const isLast = (base: KeptBase): boolean => bases.filter(({ good }) => good).every((each) => each === base);
        const victim = bases.length > 0 ? random.pick(bases) : undefined;
        if (random.next() < 0.2) trial.see({ kind: "asked" });
        if (victim !== undefined && !isLast(victim) && random.next() < 0.2)
          trial.see({ kind: "bad", bases: [victim.id], copies: [] });
        const hasGood = trial.state.bases.some(({ good }) => good);
        expect(hasGood || !hadGood, `seed ${seed}`).toBe(true);
        hadGood = hasGood;
      }
      failing = false;
      trial.runUntil(trial.now + SPEC.retryMs + 3 * SPEC.everyMs);
      const newest = trial.state.bases.at(-1);
      expect(newest, `seed ${seed}`).toMatchObject({ good: true });
      expect(trial.now - (newest?.finishedAt ?? 0), `seed ${seed}`).toBeLessThanOrEqual(SPEC.everyMs + 3 * TOOK);
      const oldest = trial.state.bases[0]?.finishedAt ?? 0;
      expect(trial.now - oldest, `seed ${seed}`).toBeLessThanOrEqual(SPEC.keepMs + 3 * TOOK);
    }
  });
});

test("log is needed by each kept backup itself, and from the one on that the window rests on", () => {
  const base = (finishedAt: Ms) => ({ startLsn: finishedAt - 5, stopLsn: finishedAt, finishedAt });
  const bases = [base(100), base(200), base(300)];
  expect(neededLog(bases, 250).from).toBe(bases[1]);
  expect(neededLog(bases, 50).from).toBe(bases[0]);
  expect(neededLog(bases, Infinity).from).toBe(bases[2]);
  expect(neededLog([], 0).from).toBeNull();
});
