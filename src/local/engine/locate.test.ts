import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeEngines } from "./locate.ts";
import { makeLinks } from "./locate-postgres.ts";
import { parseDepends } from "./unpack-debian.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "holdfast-test-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("finding engines", () => {
  test("makes the links that npm left out and mends one that leads nowhere, also when two do it at once", async () => {
    const lib = join(directory, "native", "lib");
    mkdirSync(lib, { recursive: true });
    writeFileSync(join(lib, "libpq.so.5.18"), "");
    symlinkSync("gone", join(lib, "libpq.so"));
    const links = ["libpq.so", "libpq.so.5"].map((name) => ({
      source: "native/lib/libpq.so.5.18",
      target: `native/lib/${name}`,
    }));
    writeFileSync(join(directory, "native", "pg-symlinks.json"), JSON.stringify(links));
    await Promise.all([makeLinks(directory), makeLinks(directory)]);
    await makeLinks(directory);
    expect(readlinkSync(join(lib, "libpq.so"))).toBe("libpq.so.5.18");
    expect(readlinkSync(join(lib, "libpq.so.5"))).toBe("libpq.so.5.18");
  });

  test("reads what a package depends on: the first of alternatives, no virtual ones", () => {
    const output = [
      "redis-tools",
      "  PreDepends: init-system-helpers",
      " |Depends: libjemalloc2",
      "  Depends: libjemalloc1",
      "  Depends: <virtual>",
      "    provider",
      "  Breaks: redis-server",
      "  Depends: liblzf1",
    ].join("\n");
    expect(parseDepends(output)).toEqual(["init-system-helpers", "libjemalloc2", "liblzf1"]);
  });

  test("takes what is on the path where it is new enough, and says what mends it where there is nothing", async () => {
    const bin = join(directory, "bin");
    mkdirSync(bin);
    const version = (text: string): string => `#!/bin/sh\necho 'Redis server v=${text} sha=00000000:0'\n`;
    writeFileSync(join(bin, "redis-server"), version("6.0.16"), { mode: 0o755 });
    const find = async () => (await describeEngines({ stateDirectory: directory, searchPath: bin }))[1];
    const without = await find();
    expect(without?.engine).toBe("cache");
    if (without?.found === null) expect(without.fix).toMatch(/^(run|install) /);
    writeFileSync(join(bin, "valkey-server"), version("8.1.0"), { mode: 0o755 });
    expect(await find()).toMatchObject({
      found: { flavour: "valkey", version: "8.1.0", origin: "path", bin },
      missing: null,
    });
  });
});
