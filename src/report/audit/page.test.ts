import { describe, expect, test } from "vitest";
import type { AuditGraph, LossReport } from "../../base/audit-document.ts";
import { documentWith, findingWith } from "./fixture.ts";
import { drawAuditPage } from "./page.ts";

const GRAPH: AuditGraph = {
  nodes: [
    { id: "t#Service", name: "Service", type: "AWS::ECS::Service", zones: ["zone 0", "zone 1"] },
    { id: "t#Gateway", name: "Gateway", type: "AWS::EC2::NatGateway", zones: ["zone 0"] },
    { id: "t#Aside", name: "Aside", type: "AWS::S3::Bucket", zones: [] },
  ],
  edges: [{ from: "t#Service", to: "t#Gateway" }],
};

const LOSS: LossReport = {
  lost: { kind: "zone", id: "zone 0" },
  stops: ["Gateway", "Service"],
  mayStop: [],
  because: ["Service → Gateway (zone 0)"],
};

function page(document = documentWith([findingWith()], { blastRadius: [LOSS] })): string {
  return drawAuditPage({ document, graph: GRAPH, subject: "stacks" });
}

describe("an audit as a page", () => {
  test("stands by itself: no script, nothing from the network, and a policy that forbids both", () => {
    expect(page()).toContain("default-src &#39;none&#39;");
    expect(page()).not.toMatch(/<script|src="http|@import/);
    expect(page()).toBe(page());
  });

  test("draws what a loss stops in red, beside the zone that is lost, and leaves out what it does not touch", () => {
    const drawing = /<svg class="graph"[^]*?<\/svg>/.exec(page())?.[0] ?? "";
    expect(drawing).toContain('class="zone lost"');
    expect(drawing.match(/class="node stops"/g)).toHaveLength(2);
    expect(drawing).not.toContain("Aside");
  });

  test("says in a line which zones stop nothing", () => {
    const calm = { ...LOSS, lost: { kind: "zone", id: "zone 1" }, stops: [], because: [] } as const;
    const html = page(documentWith([], { blastRadius: [calm] }));
    expect(html).toContain("Nothing stops with zone 1.");
    expect(html).not.toContain("<details");
  });

  test("takes hostile names for text", () => {
    const hostile = "</h3><script>alert(1)</script>";
    expect(page(documentWith([findingWith({ resource: hostile, message: hostile })]))).not.toContain("<script>");
  });

  test("shows the problems of files, the checklist with its evidence, and what could not be judged", () => {
    const html = page(
      documentWith([findingWith({ outcome: "unknown" })], {
        checklist: [{ item: "load balancers", answer: "no", evidence: ["Service"] }],
        problems: [{ code: "AUD-012", at: "x.yaml:3", message: "is no YAML", fix: "mend it" }],
      }),
    );
    for (const said of ["load balancers", "AUD-012", "x.yaml:3", "1 could not be judged", "nothing found"]) {
      expect(html).toContain(said);
    }
  });
});
