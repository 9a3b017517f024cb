import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE, madeUpPage } from "../../src/report/html/fixture/made-up.ts";
import { visible } from "../../src/report/html/markup.ts";
import { drawReportPage } from "../../src/report/html/page.ts";
import { type Look, type OpenBrowser, type ShownPage, openBrowser, showPage } from "../support/browser.ts";
import { SHOP, holdfast, temporaryState } from "../support/command.ts";
import { leastContrast } from "../support/contrast.ts";

describe("the report page in a browser", () => {
  const folder = temporaryState();
  const file = join(folder.path, "report.html");
  let open: OpenBrowser;

  beforeAll(async () => {
    writeFileSync(file, drawReportPage(madeUpPage()));
    open = await openBrowser();
  });

  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  function show(path: string, look: Look = {}): Promise<ShownPage> {
    return showPage(open, path, look);
  }

  test("shows the verdict, each drill under a heading, and what was left out", async () => {
    const { page, trouble } = await show(file);
    const text = await page.locator("header").innerText();
    expect(text).toContain("Of 7 drills, 1 failed, 1 could not be judged, 5 passed.");
    expect(text).toContain("holdfast drill --all --seed 7");
    const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts();
    const names = madeUpPage().drills.map(({ name }) => visible(name));
    for (const name of ["The strategies", "The drills", ...names, "Left out", "How to read this"]) {
      expect(headings.some((heading) => heading.startsWith(name))).toBe(true);
    }
    expect(await page.locator("section.drill").count()).toBe(7);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("leads from the table to a drill and back", async () => {
    const { page } = await show(file);
    await page.getByRole("table", { name: "The drills" }).getByRole("link", { name: "nemesis" }).click();
    expect(await page.locator("#drill-5").evaluate((heading) => heading.getBoundingClientRect().top)).toBeLessThan(450);
    await page
      .locator("section.drill", { has: page.locator("#drill-5") })
      .getByText("Back to the verdict")
      .click();
    expect(await page.evaluate("window.scrollY")).toBe(0);
    await page.close();
  });

  test("never scrolls sideways, on a phone as on a desk, and keeps every cell's title", async () => {
    for (const width of [360, 768, 1_280]) {
      const { page, trouble } = await show(file, { width });
      expect(await page.evaluate("document.documentElement.scrollWidth"), `at ${width}`).toBeLessThanOrEqual(width);
      const rows = page.getByRole("table", { name: "The drills" }).getByRole("row");
      expect(await rows.count(), `rows at ${width}`).toBe(8);
      expect(await rows.nth(2).innerText()).toContain("47–52");
      expect(trouble).toEqual([]);
      await page.close();
    }
  });

  test("can be read in light and in dark", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page } = await show(file, { scheme });
      const { least, background, where } = await leastContrast(page);
      expect(background).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 27)");
      expect(least, `${where} in ${scheme}`).toBeGreaterThanOrEqual(4.5);
      await page.close();
    }
  });

  test("prints dark on white, with nothing cut off", async () => {
    const { page } = await show(file, { width: 700, scheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const { background, least } = await leastContrast(page);
    expect(background).toBe("rgb(255, 255, 255)");
    expect(least).toBeGreaterThanOrEqual(4.5);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(700);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.close();
  });

  test("describes every drawing to those who do not see it", async () => {
    const { page } = await show(file);
    const drawings = page.locator("svg:not([aria-hidden=true]):not(svg svg)");
    const labels = await drawings.evaluateAll((all) => all.map((svg) => svg.getAttribute("aria-label") ?? ""));
    expect(labels.length).toBeGreaterThan(10);
    expect(labels.filter((label) => label === "")).toEqual([]);
    expect(await page.locator("table").count()).toBeGreaterThan(10);
    expect(
      await page.locator("table:not([aria-labelledby]):not(:has(caption)):not(.stages):not(.numbers)").count(),
    ).toBe(0);
    await page.close();
  });

  test("takes hostile names for text", async () => {
    const { page, trouble } = await show(file);
    expect(await page.locator("script, img, main style").count()).toBe(0);
    expect(await page.locator("#drill-3").innerText()).toContain(visible(HOSTILE));
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("is what `drill --html` writes of a real drill, beside JUnit's and the JSON", async () => {
    using state = temporaryState();
    const [html, junit, json] = ["html", "xml", "json"].map((kind) => join(state.path, `report.${kind}`));
    const files = ["--html", html!, "--junit", junit!, "--json", json!]; // three kinds give three names
    const { code, stderr } = await holdfast([
      "drill",
      "task-crash",
      "--rate",
      "20",
      "--config",
      SHOP,
      "--state",
      state.path,
      ...files,
    ]);
    expect([0, 1, 2], stderr).toContain(code); // a busy machine may spoil a drill, and that is shown, too
    const report = JSON.parse(readFileSync(json!, "utf8")) as {
      verdict: keyof typeof CODES;
      drills: { name: string }[];
    };
    expect(code).toBe(CODES[report.verdict]);
    const { page, trouble } = await show(html!, { width: 360 });
    expect(await page.getByRole("heading", { level: 2, name: "task-crash" }).count()).toBe(1);
    expect(await page.locator("figure.timeline path.bar-ok").count()).toBe(3);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    expect(trouble).toEqual([]);
    expect(readFileSync(junit!, "utf8")).toContain('<testcase name="task-crash (api-us-east-1');
    await page.close();
  });
});

const CODES = { pass: 0, fail: 1, unknown: 2 } as const;
