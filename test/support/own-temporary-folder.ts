import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, inject } from "vitest";

/** A cloud assembly is thousands of files, and the machine may be busy. */
const WITHIN_MS = 60_000;

/*
 * Before each test file: what it and its processes call the system's temporary folder is the file's own, and goes with
 * it. So nothing stays of what the CDK makes by itself, nor of a test that failed before it tidied up. The names are
 * short, since some programs make sockets there, whose paths have a limit.
 */
/** Where Node has it unless told: it is worth keeping. */
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");
const before = process.env["TMPDIR"];
const own = mkdtempSync(join(inject("temporaryFolder"), "t-"));
process.env["TMPDIR"] = own;

afterAll(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(own, { recursive: true, force: true });
}, WITHIN_MS);
