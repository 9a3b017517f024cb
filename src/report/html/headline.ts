import type { Verdict } from "../../base/drill-document.ts";
import type { Ms } from "../../base/units.ts";
import { grouped, lostOf, paceText, rangeText, slowestOf, sumOf, timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";
import type { PageDrill, ReportPage } from "./shape.ts";

/** A verdict as the page writes it; the sign is for readers who do not see its colour. */
export const VERDICTS: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: "✓", word: "Pass" },
  fail: { sign: "✕", word: "Fail" },
  unknown: { sign: "?", word: "Unknown" },
};

/** A verdict in a box of its colour. */
export function badge(verdict: Verdict): Markup {
  const { sign, word } = VERDICTS[verdict];
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** The top of the page: the verdict in words, the five figures that it rests on, and how to repeat it. */
export function drawHeadline(page: ReportPage): Markup {
  return html`<header>
    <p class="eyebrow">Holdfast drill report</p>
    <h1>${page.system} ${badge(page.verdict)}</h1>
    <p class="verdict">${conclusion(page)}</p>
    <dl class="tiles">${tiles(page)}</dl>
    <p class="facts">Seed ${page.seed}, ${page.rate} operations/s, ${paceText(page)}${began(page)}. Repeat it with</p>
    <pre class="command"><code>${page.repeat}</code></pre>
  </header>`;
}

/** The verdict of all drills in one to three sentences. */
export function conclusion({ drills, skipped }: Pick<ReportPage, "drills" | "skipped">): string {
  const sentences =
    drills.length === 0 ? ["No drill was made, so nothing is known."] : [howMany(drills), whatWasLost(drills)];
  if (skipped.length > 0) {
    const [are, them] = skipped.length === 1 ? ["1 drill was", "it"] : [`${skipped.length} drills were`, "them"];
    sentences.push(`${are} left out, because this machine cannot make ${them}.`);
  }
  return sentences.join(" ");
}

function howMany(drills: readonly PageDrill[]): string {
  const count = (verdict: Verdict): number => drills.filter((drill) => drill.verdict === verdict).length;
  const all = drills.length;
  if (count("pass") === all) return all === 1 ? "The drill passed." : `All ${all} drills passed.`;
  if (all === 1) return count("fail") === 1 ? "The drill failed." : "The drill could not be judged.";
  const parts = [
    ...(count("fail") > 0 ? [`${count("fail")} failed`] : []),
    ...(count("unknown") > 0 ? [`${count("unknown")} could not be judged`] : []),
    ...(count("pass") > 0 ? [`${count("pass")} passed`] : []),
  ];
  return `Of ${all} drills, ${parts.join(", ")}.`;
}

interface Totals {
  readonly acknowledged: number;
  readonly least: number;
  readonly most: number;
  readonly twice: number;
}

function totals(drills: readonly PageDrill[]): Totals {
  const lost = drills.map(({ journeys }) => lostOf(journeys));
  const sum = (of: (one: (typeof lost)[number]) => number): number => lost.reduce((all, one) => all + of(one), 0);
  return {
    acknowledged: sum(({ acknowledged }) => acknowledged),
    least: sum(({ least }) => least),
    most: sum(({ most }) => most),
    twice: drills.reduce((all, { journeys }) => all + sumOf(journeys, "appliedTwice"), 0),
  };
}

function whatWasLost(drills: readonly PageDrill[]): string {
  const { acknowledged, least, most, twice } = totals(drills);
  const doubled = twice === 0 ? "no effect was applied twice" : `${effects(twice)} applied twice`;
  if (acknowledged === 0) return `No write was acknowledged, so nothing can be said of losses; ${doubled}.`;
  const whole = `${rangeText(least, most)} of ${grouped(acknowledged)} acknowledged writes`;
  if (most === 0) return `Of ${grouped(acknowledged)} acknowledged writes none was lost, and ${doubled}.`;
  if (least === 0)
    return `Up to ${grouped(most)} of ${grouped(acknowledged)} acknowledged writes may be lost; ${doubled}.`;
  return `${whole} ${most === 1 ? "was" : "were"} lost, and ${doubled}.`;
}

function effects(number: number): string {
  return number === 1 ? "1 effect was" : `${grouped(number)} effects were`;
}

function tiles({ drills }: ReportPage): readonly Markup[] {
  const { acknowledged, least, most, twice } = totals(drills);
  const count = (what: "operations" | "failed" | "unknown"): number =>
    drills.reduce((all, { journeys }) => all + sumOf(journeys, what), 0);
  const here = slowest(drills, "recoveryTimeMs");
  const atAws = nearestToObjective(drills);
  const allowed = atAws === null ? null : atAws.drill.objective.rtoMs;
  return [
    tile("Acknowledged writes lost", rangeText(least, most), { note: `of ${grouped(acknowledged)}`, bad: most > 0 }),
    tile("Effects applied twice", grouped(twice), { note: "must be 0", bad: twice > 0 }),
    tile("Failed + unknown", `${grouped(count("failed"))} + ${grouped(count("unknown"))}`, {
      note: `of ${grouped(count("operations"))} operations`,
    }),
    tile("Slowest recovery here", timeText(here?.time ?? null), { note: here?.drill.name ?? "", bad: isNever(here) }),
    tile("Nearest to its limit at AWS", timeText(atAws?.time ?? null), {
      note: atAws === null ? "" : `${allowed === null ? "no limit" : `of ${timeText(allowed)}`}, ${atAws.drill.name}`,
      bad: isNever(atAws) || (atAws !== null && allowed !== null && Number(atAws.time) > allowed),
    }),
  ];
}

function tile(title: string, figure: string, { note, bad }: { note: string; bad?: boolean }): Markup {
  return html`<div>
    <dt>${title}</dt>
    <dd><b class="${bad ? "bad" : "good"}">${figure}</b> <small>${note}</small></dd>
  </div>`;
}

interface Slowest {
  readonly drill: PageDrill;
  readonly time: Ms | "never";
}

function isNever(found: Slowest | null): boolean {
  return found?.time === "never";
}

function slowest(drills: readonly PageDrill[], what: "recoveryTimeMs" | "recoveryTimeAtAwsMs"): Slowest | null {
  return worst(drills, what, (time) => time);
}

/** Objectives differ by what is lost, so the drill counts that used most of its own. */
function nearestToObjective(drills: readonly PageDrill[]): Slowest | null {
  return worst(drills, "recoveryTimeAtAwsMs", (time, { objective }) => (objective.rtoMs ? time / objective.rtoMs : 0));
}

function worst(
  drills: readonly PageDrill[],
  what: "recoveryTimeMs" | "recoveryTimeAtAwsMs",
  weigh: (time: Ms, drill: PageDrill) => number,
): Slowest | null {
  let [found, most] = [null as Slowest | null, Number.NEGATIVE_INFINITY];
  for (const drill of drills) {
    const time = slowestOf(drill.journeys, what);
    if (time === null) continue;
    const weight = time === "never" ? Number.POSITIVE_INFINITY : weigh(time, drill);
    if (weight > most) [found, most] = [{ drill, time }, weight];
  }
  return found;
}

/** When the first drill began; left out where no journal could be read. */
function began({ drills }: ReportPage): string {
  const at = drills.find(({ record }) => record !== null)?.record?.timeline.startedAt;
  return at === undefined ? "" : `, begun ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
