import { writeFile } from "node:fs/promises";
import pc from "picocolors";
import type { Host, Level } from "../base/host.ts";

/** Colours for the terminal; plain text where NO_COLOR is set or the output is no terminal. */
export const colors = pc;

/** Exit codes of every verb; see docs/contract.md. */
export const EXIT = { pass: 0, fail: 1, unknown: 2, userError: 3, bug: 70 } as const;

/** What a shell expects of a command that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Writes a document as JSON: to standard output where `file` is "-", else to the file. */
export async function writeJson(file: string, document: unknown): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (file === "-") await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  else await writeFile(file, text);
}

/** Writes what people read: to standard output, unless that holds the JSON. */
export function draw(text: string, { json }: { readonly json?: string }): void {
  (json === "-" ? process.stderr : process.stdout).write(text);
}

const PAINT: Readonly<Record<Level, (text: string) => string>> = {
  progress: pc.dim,
  info: (text) => text,
  warning: pc.yellow,
  error: pc.red,
};

/** Says what happens on standard error, one line a message, so that standard output holds results alone. */
export function terminalHost(options: { quiet?: boolean } = {}): Host {
  return {
    say({ level, about, text }) {
      if (options.quiet && (level === "progress" || level === "info")) return;
      const subject = about === undefined ? "" : `${pc.bold(about.padEnd(14))} `;
      process.stderr.write(`${subject}${PAINT[level](text)}\n`);
    },
  };
}
