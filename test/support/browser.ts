import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Where systems keep a Chromium or a Chrome of their own. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A real browser, and how to put it away: `await using browser = await openBrowser()`. */
export interface OpenBrowser {
  readonly browser: Browser;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the system's Chromium where it has one, else the one that npm brought, which is unpacked for this run. */
export async function openBrowser(): Promise<OpenBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-browser-"));
  const own = INSTALLED.find((path) => existsSync(path));
  const executablePath = own ?? (await fromNpm(folder));
  const env = { ...process.env, TMPDIR: folder } as Record<string, string>;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], env });
  return {
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/**
 * It is unpacked into the folder for temporary files, which is looked up when its module is loaded. The arguments that
 * it proposes are left aside: a browser in a single process, as one of them asks for, ends with its first page.
 */
async function fromNpm(folder: string): Promise<string> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    return await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
