import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STRATEGY, estimateOf } from "../../src/report/estimate/fixture.ts";
import { estimatePage } from "../../src/report/estimate/page.ts";
import { type OpenBrowser, openBrowser, showPage } from "../support/browser.ts";
import { temporaryState } from "../support/command.ts";
import { leastContrast } from "../support/contrast.ts";

const PRICES = [
  ["backup-restore", 1_500],
  ["pilot-light", 2_434],
  ["warm-standby", 2_891],
  ["active-active", 2_927],
] as const;

describe("the page of an estimate in a browser", () => {
  const folder = temporaryState();
  const file = join(folder.path, "estimate.html");
  let open: OpenBrowser;

  beforeAll(async () => {
    const strategies = PRICES.map(([recovery, costUsdPerMonth]) => ({ ...STRATEGY, recovery, costUsdPerMonth }));
    writeFileSync(file, estimatePage(estimateOf(...strategies)));
    open = await openBrowser();
  });

  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("never scrolls sideways, and no name covers another, on a phone as on a desk", async () => {
    for (const width of [360, 768, 1_280]) {
      const { page, trouble } = await showPage(open, file, { width });
      expect(await page.evaluate("document.documentElement.scrollWidth"), `at ${width}`).toBeLessThanOrEqual(width);
      const names = await page.locator("svg.labels text").all();
      const boxes = (await Promise.all(names.map((name) => name.boundingBox()))).filter((box) => box !== null);
      expect(boxes).toHaveLength(PRICES.length);
      for (const [index, one] of boxes.entries()) {
        for (const other of boxes.slice(index + 1)) {
          const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
          const isAbove = one.y + one.height / 2 < other.y + 1 || other.y + other.height / 2 < one.y + 1;
          expect(isBeside || isAbove, `${JSON.stringify([one, other])} at ${width}`).toBe(true);
        }
        expect(one.x).toBeGreaterThanOrEqual(0);
        expect(one.x + one.width).toBeLessThanOrEqual(width);
      }
      expect(trouble).toEqual([]);
      await page.close();
    }
  });

  test("can be read in light and in dark, and by who does not see the plot", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page } = await showPage(open, file, { scheme });
      const { least, where } = await leastContrast(page);
      expect(least, `${where} in ${scheme}`).toBeGreaterThanOrEqual(4.5);
      expect(await page.getByRole("img").first().getAttribute("aria-label")).toContain(
        "pilot-light: $2434 a month, RTO",
      );
      await page.close();
    }
  });
});
