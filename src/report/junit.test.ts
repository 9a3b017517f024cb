import { describe, expect, test } from "vitest";
import { HOSTILE, madeUpPage } from "./html/fixture/made-up.ts";
import { drawJunit } from "./junit.ts";

const TOOK = { timeline: { tookMs: 12_345 } };

function report(): Parameters<typeof drawJunit>[0] {
  const page = madeUpPage();
  return { ...page, drills: page.drills.map((drill) => ({ ...drill, record: drill.record === null ? null : TOOK })) };
}

/** The elements of a document that holds together; throws where a tag is open, crossed, or written as no tag may be. */
function elements(xml: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: typeof found = [];
  const token = /<\?xml[^>]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (!match) throw new Error(`no XML from ${xml.slice(at, at + 60)}`);
    const [, closing, name = "", attributes = "", empty, text] = match;
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(`${attributes}${text}`)) throw new Error(`an ampersand in ${match[0]}`);
    if (text !== undefined && open.length > 0) open.at(-1)!.text += text; // there is one
    if (name === "") continue;
    if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]);
    const element = { name, attributes: Object.fromEntries(pairs) as Record<string, string>, text: "" };
    found.push(element);
    if (empty !== "/") open.push(element);
  }
  if (open.length > 0) throw new Error(`${open.map(({ name }) => name).join(", ")} left open`);
  return found;
}

describe("JUnit's report", () => {
  test("has a test case a drill, with what it came to and how long it took", () => {
    const all = elements(drawJunit(report()));
    const counts = { tests: "8", failures: "1", errors: "1", skipped: "1" };
    expect(all.find(({ name }) => name === "testsuite")?.attributes).toMatchObject({ name: "shop", ...counts });
    const cases = all.filter(({ name }) => name === "testcase").map(({ attributes }) => attributes);
    expect(cases[0]).toEqual({ name: "zone-loss (us-east-1b)", classname: "shop", time: "12.345" });
    expect(cases.at(-1)).toMatchObject({ name: "clock-skew", time: "0.000" });
    expect(cases.map((each) => each["name"])).toContain("region-loss (us-east-1, warm-standby)");
    expect(cases.length).toBe(8);
  });

  test("tells a failure with all its reasons, the unknown as an error, and what was left out as skipped", () => {
    const all = elements(drawJunit(report()));
    const failure = all.find(({ name }) => name === "failure");
    expect(failure?.attributes["message"]).toMatch(/^order: 47 acknowledged writes lost.*\(and 1 more\)$/);
    expect(failure?.text).toContain("131 s (objective 2 min)");
    expect(all.filter(({ name }) => name === "error").length).toBe(1);
    expect(all.find(({ name }) => name === "skipped")?.attributes["message"]).toContain("libfaketime");
  });

  test("escapes whatever a system may say, and writes no character that XML does not have", () => {
    const xml = drawJunit({ ...report(), system: `a\u0001"\ud800\uffff\n${HOSTILE}` });
    expect(elements(xml).length).toBeGreaterThan(10);
    expect(xml).not.toMatch(/[\u0001\uffff]|<script/); // oxlint-disable-line no-control-regex -- what must not be there
    expect(xml.isWellFormed()).toBe(true);
    expect(xml).toContain("a\ufffd&quot;\ufffd\ufffd&#10;&lt;/style&gt;");
  });

  test("says nothing of a failure where all passed", () => {
    const drills = report().drills.filter(({ verdict }) => verdict === "pass");
    expect(drawJunit({ ...report(), drills, skipped: [] })).not.toMatch(/<(failure|error|skipped)\b/);
  });
});
