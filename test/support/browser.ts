import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";

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
  const folder = mkdtempSync(join(tmpdir(), "browser-"));
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

/** How a page is looked at. */
export interface Look {
  /** @default 1280 */
  readonly width?: number;
  /** @default "light" */
  readonly scheme?: "light" | "dark";
}

/** A page that is open. */
export interface ShownPage {
  readonly page: Page;
  /** What the browser complained of, and what it asked the network for. */
  readonly trouble: readonly string[];
}

/** Opens a file as a page. */
export async function showPage({ browser }: OpenBrowser, path: string, look: Look): Promise<ShownPage> {
  const { width = 1_280, scheme = "light" } = look;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const trouble: string[] = [];
  const url = pathToFileURL(path).href;
  page.on("console", (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => trouble.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) trouble.push(request.url());
  });
  await page.goto(url);
  return { page, trouble };
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
