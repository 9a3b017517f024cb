import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadDefinition } from "../../src/definition/load.ts";
import { definitionOf } from "../../src/definition/validate.ts";
import { LOCAL, refuseUnsupported } from "../../src/local/not-supported.ts";
import { drawTopology } from "../../src/report/topology-text.ts";
import { compileTopology } from "../../src/topology/compile.ts";
import { PLACE_OF_KIND } from "../../src/topology/components.ts";
import type { Topology } from "../../src/topology/topology.ts";

const kinds = Object.keys(PLACE_OF_KIND) as (keyof typeof PLACE_OF_KIND)[];

describe("every kind has one file name in every room", () => {
  test.each(kinds)("%s", (kind) => {
    for (const room of ["src/definition", "src/topology/kind", "src/aws/kind"])
      expect(existsSync(`${room}/${kind}.ts`), `${room}/${kind}.ts`).toBe(true);
  });
});

test.each(kinds)("%s is run by the local world, or it says why not", (kind) => {
  const support = LOCAL[kind];
  expect(support.runs || support.why).toBeTruthy();
});

describe("the example that uses everything", async () => {
  const { definition, directory } = await loadDefinition("examples/everything/holdfast.config.ts");
  const topology = compileTopology(definition, { regions: "all", directory });

  test("has a component of every kind", () => {
    expect(new Set(topology.components.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });

  test("is drawn with all of its components and links, within the width of a terminal", () => {
    const lines = drawTopology(topology).split("\n");
    for (const { id } of topology.components)
      expect(
        lines.some((line) => new RegExp(`^(?:\\w+)? +${id} .*[●═]`).test(line)),
        id,
      ).toBe(true);
    for (const { id } of topology.components.filter(({ layer }) => layer === "messaging"))
      expect(
        lines.some((line) => line.includes(`⇢`) && line.includes(id)),
        id,
      ).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("has every engine, platform and protocol", () => {
    const values = topology.components.flatMap(({ settings }) => Object.values(settings) as unknown[]);
    const all = ["aurora-postgresql", "aurora-mysql", "postgresql", "mysql", "valkey", "redis"];
    const files = ["efs", "fsx-lustre", "fsx-windows"];
    const rest = ["fargate", "ec2", "eks", "https", "tcp", "other-region", "same-region", "none"];
    expect(values).toEqual(expect.arrayContaining([...all, ...files, ...rest]));
  });
});

function compile(parts: Record<string, unknown>): Topology {
  const system = { name: "carrier", regions: { primary: "us-east-1" }, ...parts };
  return compileTopology(definitionOf(system), { regions: "primary", directory: "/srv" });
}

test("what is PostgreSQL and HTTP is run, whatever would carry it on AWS", () => {
  const services = { api: { run: "x", platform: "eks", uses: ["database"] }, old: { run: "x", platform: "ec2" } };
  expect(() =>
    refuseUnsupported(
      compile({ services, databases: { database: {}, plain: { engine: "postgresql" } }, queues: { q: {} } }),
    ),
  ).not.toThrow();
});

test("refuses all else at once, each component with its reason", () => {
  const topology = compile({
    services: { scans: { run: "x", protocol: "tcp" } },
    databases: { ledger: { engine: "aurora-mysql" } },
    tables: { parcels: {} },
    fileSystems: { documents: {} },
  });
  expect(() => refuseUnsupported(topology)).toThrow(
    expect.objectContaining({
      code: "RUN-014",
      message: expect.stringMatching(
        new RegExp(
          [
            "scans \\(service over tcp\\)",
            "ledger \\(database aurora-mysql\\)",
            "parcels \\(table\\)",
            "documents \\(file system efs\\)",
          ]
            .map((what) => `${what}: [^\n]+`)
            .join("\n  "),
        ),
      ),
    }),
  );
});
