import { Command } from "commander";
import { expect, test } from "vitest";
import { refuseFlagsAsValues } from "./flag-value.ts";

function parse(...given: readonly string[]): { readonly opts: object; readonly said: string } {
  let said = "";
  const command = new Command("drill")
    .option("--json <file>", "a file")
    .option("--html <file>", "a page")
    .option("--all", "all of them")
    .exitOverride()
    .configureOutput({ writeErr: (text) => (said += text) });
  try {
    refuseFlagsAsValues(command).parse(given, { from: "user" });
  } catch {
    return { opts: {}, said };
  }
  return { opts: command.opts(), said };
}

test("an option that needs a value does not take the next option for it", () => {
  const expected = "error: option '--json <file>' has no value before '--html'\n";
  expect(parse("--json", "--html", "page.html").said).toBe(expected);
  expect(parse("--json=--html").said).toBe(expected);
});

test("standard output, a file whose name begins with a dash, and an option without a value are as they were", () => {
  const { opts, said } = parse("--all", "--json", "-", "--html", "./--page.html");
  expect({ opts, said }).toEqual({ opts: { all: true, json: "-", html: "./--page.html" }, said: "" });
});
