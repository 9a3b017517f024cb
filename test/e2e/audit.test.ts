import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditDocument } from "../../src/base/audit-document.ts";
import { type OpenBrowser, openBrowser, showPage } from "../support/browser.ts";
import { holdfast } from "../support/command.ts";
import { leastContrast } from "../support/contrast.ts";

/** Three zones, a service in each, and one NAT gateway that all of them go out by; a database in one zone. */
const TEMPLATE = "test/e2e/fixture/one-gateway.yaml";

describe("holdfast audit", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-audit-"));
  const at = (name: string): string => join(folder, name);

  beforeAll(() => cpSync(TEMPLATE, at("template.yaml")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function audited(...args: readonly string[]) {
    const ran = await holdfast(["audit", ...args]);
    return { ...ran, document: JSON.parse(ran.stdout) as AuditDocument };
  }

  test("fails with 1 for a database in one zone, and says on which line and how to mend it", async () => {
    const { stdout, code } = await holdfast(["audit", at("template.yaml")]);
    expect(code).toBe(1);
    expect(stdout).toContain("When a zone is lost");
    expect(stdout).toMatch(/template\.yaml:\d+/);
    expect(stdout).toContain("fix: set `MultiAZ` to true");
  });

  test("finds that a service in three zones stops with the one that its gateway is in, and by which path", async () => {
    const { document } = await audited(at("template.yaml"), "--format", "json");
    const loss = document.blastRadius.find(({ lost }) => lost.kind === "zone" && lost.id === "zone 0");
    expect(loss?.stops).toContain("Service");
    expect(loss?.because.join("\n")).toMatch(/Service → .*Gateway.*zone 0/);
    expect(document.checklist).toHaveLength(7);
    const other = document.blastRadius.find(({ lost }) => lost.id === "zone 2");
    expect(other?.stops).toEqual([]);
  });

  test("passes with --fail-on never, and with a baseline of what there is", async () => {
    expect((await holdfast(["audit", at("template.yaml"), "--fail-on", "never"])).code).toBe(0);
    await holdfast(["audit", at("template.yaml"), "--write-baseline", at("baseline.json")]);
    const { document, code } = await audited(at("template.yaml"), "--baseline", at("baseline.json"), "--json", "-");
    expect(code).toBe(0);
    expect(document.findings).toEqual([]);
    expect(document.known).toBeGreaterThan(1);
  });

  test("ends with 2 where a file could not be read, and audits the others", async () => {
    writeFileSync(at("broken.yaml"), "Resources: [\n");
    const options = ["--format", "json", "--fail-on", "never"];
    const { code, stderr, document } = await audited(at("broken.yaml"), at("template.yaml"), ...options);
    expect(code).toBe(2);
    expect(stderr).toContain("broken.yaml");
    expect(document.findings.length).toBeGreaterThan(1);
  });

  test("names every path that leads nowhere, and ends with 3 where nothing is named at all", async () => {
    const { stderr } = await holdfast(["audit", at("one"), at("two")]);
    expect(stderr).toContain(at("one"));
    expect(stderr).toContain(at("two"));
    expect((await holdfast(["audit"])).code).toBe(3);
    expect((await holdfast(["audit", at("template.yaml"), "--format", "xml"])).code).toBe(3);
  });

  test("asks about regions only when objectives do, and rejects a file that it does not understand", async () => {
    const rules = async (...more: readonly string[]) => {
      const { document } = await audited(at("template.yaml"), "--format", "json", ...more);
      return new Set(document.findings.map(({ rule }) => rule));
    };
    writeFileSync(at("objectives.yaml"), "region: { rto: 15 minutes, rpo: 30 seconds }\n");
    const before = await rules();
    const after = await rules("--objectives", at("objectives.yaml"));
    expect([...after].filter((rule) => !before.has(rule)).length).toBeGreaterThan(0);
    writeFileSync(at("objectives.yaml"), "region: { rto: soon }\nzones: 3\n");
    const { code, stderr } = await holdfast(["audit", at("template.yaml"), "--objectives", at("objectives.yaml")]);
    expect(code).toBe(3);
    expect(stderr).toContain("region.rto");
    expect(stderr).toContain("zones");
  });

  test("writes SARIF, and lists its rules", async () => {
    const { code } = await holdfast(["audit", at("template.yaml"), "--format", "sarif", "--out", at("a.sarif")]);
    expect(code).toBe(1);
    const sarif = JSON.parse(readFileSync(at("a.sarif"), "utf8")) as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]?.results.length).toBeGreaterThan(1);
    const { stdout } = await holdfast(["audit", "--list"]);
    expect(stdout).toContain("rds-multi-az");
  });

  describe("as a page", () => {
    let open: OpenBrowser;
    beforeAll(async () => {
      await holdfast(["audit", at("template.yaml"), "--format", "html", "--out", at("audit.html")]);
      open = await openBrowser();
    });
    afterAll(() => open[Symbol.asyncDispose]());

    test("shows the verdict, what stops in red and the lost zone, without a complaint of the browser", async () => {
      const { page, trouble } = await showPage(open, at("audit.html"), {});
      expect(await page.locator("h1").innerText()).toContain("template.yaml");
      const summary = page.locator("summary", { hasText: "zone 0" });
      if ((await page.locator("details[open]", { has: summary }).count()) === 0) await summary.click();
      const drawing = page.locator("details", { has: summary }).getByRole("img");
      expect(await drawing.getAttribute("aria-label")).toContain("zone 0 lost");
      expect(await drawing.locator(".node.stops", { hasText: "Service" }).count()).toBeGreaterThan(0);
      expect(await drawing.locator(".zone.lost").count()).toBe(1);
      expect(trouble).toEqual([]);
      await page.close();
    });

    test("can be read in light and in dark, on a phone as on a desk", async () => {
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [360, 1_280]) {
          const { page } = await showPage(open, at("audit.html"), { scheme, width });
          const { least, where } = await leastContrast(page);
          expect(least, `${where} in ${scheme}`).toBeGreaterThanOrEqual(4.5);
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
          await page.close();
        }
      }
    });
  });
});
