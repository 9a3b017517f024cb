import { createInterface } from "node:readline/promises";
import { UserError } from "../base/error.ts";

/**
 * Asks on standard error and waits for a line. Rejects where nobody can answer, because standard input is no terminal.
 */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError({
      code: "AWS-029",
      message: "this needs a yes, and there is no terminal to ask on",
      fix: "run it with --yes, or with --dry-run to see what it would do",
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

/** Whether the answer to a question is yes; `--yes` answers it beforehand. */
export async function agreed(question: string, yes: boolean | undefined): Promise<boolean> {
  return yes === true || /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
