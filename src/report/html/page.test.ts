import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CALM, HOSTILE, drill, madeUpPage, regional, series, timeline } from "./fixture/made-up.ts";
import { conclusion } from "./headline.ts";
import { drawReportPage } from "./page.ts";
import { comparedStrategies } from "../fixture/compared.ts";
import type { PageDrill, ReportPage } from "./shape.ts";

function page(drills: readonly PageDrill[], changes: Partial<ReportPage> = {}): string {
  return drawReportPage({ ...madeUpPage(), skipped: [], drills, ...changes });
}

/** What a reader sees, without the markup. */
function read(html: string): string {
  const text = html.replace(/<style>[^]*?<\/style>/, "").replaceAll(/<[^>]*>/g, "");
  return text.replaceAll(/\s+/g, " ").replaceAll("&#39;", "'");
}

describe("the report page", () => {
  test("says the verdict first, in words, and how to repeat it", () => {
    const text = read(drawReportPage(madeUpPage()));
    expect(text).toContain("shop ✕ Fail Of 7 drills, 1 failed, 1 could not be judged, 5 passed.");
    expect(text).toContain("47–52 of 600 acknowledged writes were lost, and 1 effect was applied twice.");
    expect(text).toContain("Seed 7, 50 operations/s, pace fast (AWS's timers ÷ 10), begun 2026-11-21 08:47 UTC");
    expect(text).toContain("holdfast drill --all --seed 7 --rate 50 --pace fast");
  });

  test("has a section for each drill, to which the table links", () => {
    const html = drawReportPage({ ...madeUpPage(), strategies: null });
    const links = [...html.matchAll(/href="#(drill-\d+)"/g)].map((match) => match[1]);
    expect(links).toEqual(["drill-1", "drill-2", "drill-3", "drill-4", "drill-5", "drill-6", "drill-7"]);
    for (const link of links) expect(html.split(`<h2 id="${link}"`).length, link).toBe(2);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells what a drill does, stands for, proves, leaves out, and why it failed", () => {
    const text = read(page([drill({ verdict: "fail", reasons: ["order: 1 lost"], proves: ["the flood is blocked"] })]));
    for (const said of [
      "Cuts the power of a zone: everything in it is gone at once.",
      "a zone without power",
      "AZ Availability: Power Interruption",
      "recovery within 2 min at AWS, nothing acknowledged lost, nothing applied twice",
      "the flood is blocked",
      "Why it failed order: 1 lost",
      "Not modelled the provider's own control plane",
      "detect 1.2 s, promote 249 ms, shift 512 ms, reconnect 444 ms",
      "detect 12 s, promote 30 s, shift 5.12 s, reconnect 444 ms",
    ]) {
      expect(text).toContain(said);
    }
  });

  test("does not promise to keep what a restore gives up", () => {
    const text = read(page([drill({ rewinds: true, objective: { rtoMs: null, rpoMs: null } })]));
    expect(text).toContain("nothing lost that was acknowledged before the fault");
    expect(text).not.toContain("nothing acknowledged lost");
  });

  test("says quietly what was expected of a drill, where something was", () => {
    const predicted = { recoveryTimeMs: [0, 60_000], lost: [0, 0] } as const;
    expect(read(page([drill({ predicted })]))).toContain("Predicted recovery 0 to 60 s; 0 is inside");
    expect(read(page([drill({ predicted: null })]))).not.toContain("Predicted");
  });

  test("draws the fault's time, the marks, and what failed when", () => {
    const html = page([drill({ journeys: { order: { ...CALM, firstErrorMs: 120, recoveryTimeMs: 2_800 } } })]);
    expect(html).toContain('<rect class="shade" x="20%" width="33.33%"');
    const said = "T0 fault at 0 s, T2 detected after 1.2 s, T3 failed over after 1.45 s, undone after 5 s";
    expect(html).toContain(`aria-label="${said}, whole after 8.5 s"`);
    expect(html).toContain('aria-label="T1 first failure after 120 ms, T5 steady after 2.8 s"');
    expect(html.match(/class="bar-failed" d=/g)?.length, "browse failed, order did not").toBe(1);
  });

  test("does not shade a blow that is over at once", () => {
    const line = timeline([series("order", 0)]);
    const faults = line.faults.map((fault) => ({ ...fault, lasting: false }));
    const html = page([drill({ record: { timeline: { ...line, faults }, keys: [] } })]);
    expect(html).not.toContain('class="shade"');
    expect(read(html)).toContain("The fault is a blow: it is over at once.");
  });

  test("names what was lost by key, so many of them, and counts the rest", () => {
    const text = read(drawReportPage(madeUpPage()));
    expect(text).toContain("Acknowledged and absent 50 keys acknowledged");
    expect(text).toContain("zlm1x1039");
    expect(text).not.toContain("zlm1x1040");
    expect(text).toContain("and 10 more, in the journal");
    expect(text).toContain("2 are still in a queue and 1 in a dead-letter queue");
  });

  test("works without a time line, without figures, and without any drill", () => {
    const lacking = { record: null, recordMissing: "the journal could not be read: ENOENT", journeys: {}, stages: [] };
    expect(read(page([drill(lacking)]))).toContain("There is no time line: the journal could not be read: ENOENT.");
    expect(read(page([]))).toContain("No drill was made, so nothing is known.");
    const empty = { ...timeline([]), faults: [], toMs: 250, fromMs: 0 };
    expect(page([drill({ record: { timeline: empty, keys: [] } })])).not.toContain("NaN");
  });

  test("shades each fault of a drill that makes many, and tells how its times are distributed", () => {
    const nemesis = madeUpPage().drills.find(({ name }) => name === "nemesis");
    const html = page([nemesis ?? drill()]);
    expect(html.match(/class="shade"/g)?.length).toBe(4 * 2 + 1); // each in two plots, and once in the legend
    expect(read(html)).toContain("How long it took, over 12 faults");
    expect(read(html)).toContain("database-crash 8 times");
  });

  test("lets nothing that comes from a system become markup, or hide what it is", () => {
    const hostile = drawReportPage({ ...madeUpPage(), system: HOSTILE, repeat: HOSTILE, pace: HOSTILE });
    const plain = drawReportPage(madeUpPage());
    const tags = (html: string): number => (html.match(/<[a-z/!]/gi) ?? []).length;
    expect(tags(hostile)).toBe(tags(plain));
    expect(hostile).not.toMatch(/<script|<img|\u202e|\u0000/); // oxlint-disable-line no-control-regex -- as it says
    expect(hostile.match(/<\/style>/g)?.length).toBe(1);
    expect(hostile).toContain("\\u{202e}gnp.exe\\u{0}");
  });

  test("has nothing from elsewhere, no script, and a policy that matches its style", () => {
    const html = drawReportPage({ ...madeUpPage(), drills: [drill()] });
    expect(html).not.toMatch(/https?:|@import|url\(|<script|<link (?!rel="icon" href="data:,")| style="| on[a-z]+="/);
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html.replaceAll("&#39;", "'")).toContain(`default-src 'none'; img-src data:; style-src 'sha256-${hash}'`);
  });

  test("is the same page for the same drills, and a page of 30 drills is small", () => {
    const many = Array.from({ length: 30 }, (_, at) => madeUpPage().drills[at % 2] ?? drill());
    expect(page(many)).toBe(page(many));
    expect(page(many).length).toBeLessThan(1_500_000);
  });
});

describe("the verdict in words", () => {
  const said = (drills: readonly PageDrill[]): string => conclusion({ drills, skipped: [] });
  const order = (changes: Partial<typeof CALM>): PageDrill => drill({ journeys: { order: { ...CALM, ...changes } } });

  test("speaks of one drill as of one", () => {
    expect(said([drill({ verdict: "fail" })])).toMatch(/^The drill failed. Of 100 acknowledged writes none was lost/);
    expect(said([drill({ verdict: "unknown" })])).toMatch(/^The drill could not be judged\./);
  });

  test("claims nothing of losses where nothing was acknowledged", () => {
    expect(said([order({ acknowledged: 0 })])).toBe(
      "The drill passed. No write was acknowledged, so nothing can be said of losses; no effect was applied twice.",
    );
  });

  test("does not call lost what could only not be read back", () => {
    expect(said([order({ lostAtMost: 3 })])).toContain("Up to 3 of 100 acknowledged writes may be lost");
  });

  test("leaves best effort out of what was lost", () => {
    expect(said([order({ durability: "best-effort", lost: 4, lostAtMost: 4 }), drill()])).toContain(
      "All 2 drills passed. Of 100 acknowledged writes none was lost",
    );
  });
});

describe("the report page, where regions are lost", () => {
  test("draws a lane a region: what it was, when it had no power, what was done with it, and its lag", () => {
    const html = page([regional()]);
    const text = read(html);
    expect(text).toContain(
      "us-east-1 takes the writes, given up after 3 s, no power for 5 s at 0 s; failover: fence 60 ms",
    );
    const west =
      "us-west-2 stands ready, takes the writes after 4 s, customers led to it after 4.5 s; failover: promote";
    expect(text).toContain(west);
    expect(html).toContain("customers to us-west-2 after 4.5 s");
    expect(text).toContain("in 5.3 s, under load: of 120 operations 1 failed, 0 unknown");
    expect(text).toContain("3 rows and 2 messages; 3 of the writes that were lost");
    expect(html).toContain('aria-label="database: how far the copy in us-west-2 was behind, 40 ms at worst"');
    expect(html.match(/class="lag" x1/g)?.length, "a gap where nobody knew, and the sign of the legend").toBe(1);
    expect(html).toContain('<rect class="dark" x="20%" width="33.33%"');
    expect(page([drill()])).not.toMatch(/class="(role|dark|plan|lag)/);
  });

  test("puts strategies side by side, with where the time went, and what a shorter recovery takes", () => {
    const html = page([regional()], { strategies: comparedStrategies() });
    const text = read(html);
    expect(text).toContain("StrategyVerdictRTO hereAt AWSAllowed");
    expect(text).toMatch(/pilot-light ✓ Pass9.8 s12.3 min and 10 min until a person has decided15 min3 of 420/);
    expect(text).toMatch(/3 of 420 40 ms old150 \+ 12 of 1200120 MiB in 22 processes/);
    expect(html).toContain('class="bad">2.99 h');
    expect(text).toContain("active-active: RUN-006 every component did not come up within 60 s");
    expect(html.match(/class="strategy"/g)?.length, "one was not measured").toBe(3);
    expect(html).toContain("pilot-light 12.3 min with 120 MiB, lost up to 40 ms");
    expect(html).toContain('href="#drill-2"');
    const single = page([regional()], { strategies: comparedStrategies().slice(1, 2) });
    expect(single, "one circle says nothing").not.toContain('class="strategy"');
  });
});
