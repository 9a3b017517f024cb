import { describe, expect, test } from "vitest";
import { drawAudit } from "./text.ts";
import { documentWith, findingWith } from "./fixture.ts";

const plain = (text: string): string => text;
const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
const lines = ["Resources:", "      MultiAZ: false"];
const options = { paint, width: 90, showUnknown: false, linesOf: () => lines };

describe("an audit in the terminal", () => {
  test("shows a finding with its line, a mark under it, its reason and its fix", () => {
    expect(drawAudit(documentWith([findingWith()]), options)).toBe(
      `
When a zone is lost

  high      Db AWS::RDS::DBInstance  rds-multi-az
    stands in one zone: MultiAZ is false
    stacks/data.yaml:2  Shop/Data/Db
         2 │       MultiAZ: false
           │       ^^^^^^^^^^^^^^
    With its zone the database is gone until somebody restores it.
    fix: set \`MultiAZ\` to true
    REL10-BP01  https://docs.aws.amazon.com/rds

✘ 1 high; 9 resources of 1 file in 12 ms
`.trim(),
    );
  });

  test("puts what is gravest first, whatever is lost", () => {
    const drawn = drawAudit(
      documentWith([
        findingWith({ severity: "low", loss: "data" }),
        findingWith({ severity: "critical", loss: "instance" }),
      ]),
      options,
    );
    expect(drawn.indexOf("When an instance")).toBeLessThan(drawn.indexOf("Data that could not"));
  });

  test("counts what could not be judged, and lists it only when asked", () => {
    const document = documentWith([findingWith({ outcome: "unknown" })]);
    expect(drawAudit(document, options)).toBe(
      "✔ nothing found; 1 could not be judged (--unknown lists them); 9 resources of 1 file in 12 ms",
    );
    expect(drawAudit(document, { ...options, showUnknown: true })).toContain("unknown   Db");
  });

  test("shows what each loss stops with the path, and which zone stops nothing", () => {
    const drawn = drawAudit(
      documentWith([], {
        blastRadius: [
          {
            lost: { kind: "zone", id: "zone 0" },
            stops: ["Nat", "Service"],
            mayStop: [],
            because: ["Service → SubnetB → Nat (zone 0)"],
          },
          { lost: { kind: "zone", id: "zone 1" }, stops: [], mayStop: [], because: [] },
        ],
      }),
      options,
    );
    expect(drawn).toContain(
      "  ✘ zone 0: Nat, Service\n      Service → SubnetB → Nat (zone 0)\n  ✔ nothing stops with zone 1",
    );
  });

  test("answers the checklist with a few of the resources that show it", () => {
    const evidence = ["A", "B", "C", "D", "E", "F"];
    const drawn = drawAudit(
      documentWith([], { checklist: [{ item: "load balancers", answer: "no", evidence }] }),
      options,
    );
    expect(drawn).toContain("no       load balancers: A, B, C, D, E and 1 more");
  });

  test("keeps every line within the terminal's width", () => {
    const words = "a very long sentence about what is lost and when ".repeat(8).trim();
    const drawn = drawAudit(documentWith([findingWith({ why: words, message: words, fix: words })]), {
      ...options,
      width: 80,
      linesOf: () => ["", `    ${"x".repeat(300)}`],
    });
    expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
