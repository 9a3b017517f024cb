import { describe, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { auditDocument, auditGraph } from "./document.ts";
import { Model } from "./model/model.ts";
import { templateOf } from "./read/cloudformation.ts";
import { readSource } from "./read/source.ts";

const OPTIONS = { files: 1, problems: [], known: null, elapsed: () => 0 };

/** Crashes whatever asks it. */
class HostileModel extends Model {
  override of(): never {
    throw new Error("hostile");
  }
}

const TEXT = "Resources: { Server: { Type: AWS::EC2::Instance, Properties: { AvailabilityZone: us-east-1a } } }";

describe("a model that crashes what is asked of it", () => {
  const template = templateOf(readSource("t.yaml", TEXT));
  const found = audit([template]);
  const model = new HostileModel(found.model.templates, found.model.resources);

  test("leaves what was found, and a problem for each part that is missing", () => {
    const document = auditDocument({ ...found, model }, OPTIONS);
    expect(document.findings).toEqual(found.findings);
    expect(document.problems.map(({ code, at, message }) => `${code} ${at} ${message}`)).toEqual([
      "AUD-019 the blast radius could not be worked out: hostile",
      "AUD-019 the checklist could not be worked out: hostile",
    ]);
  });

  test("has an empty drawing", () => {
    const { graph, problems } = auditGraph(model);
    expect(graph).toEqual({ nodes: [], edges: [] });
    expect(problems).toMatchObject([{ code: "AUD-019", at: "the graph" }]);
  });
});

test("values that lead from name to name into the depth are a problem of their template, and of no other", () => {
  const nested = (inner: unknown): unknown => Array.from({ length: 50 }).reduce((value) => ({ Deeper: value }), inner);
  const names = Array.from({ length: 200 }, (_, at) => at);
  const hostile = JSON.stringify({
    Parameters: Object.fromEntries(
      names.map((at) => [`P${at}`, { Type: "String", Default: nested(at === 0 ? "" : { Ref: `P${at - 1}` }) }]),
    ),
    Resources: Object.fromEntries(
      names.map((at) => [`Queue${at}`, { Type: "AWS::SQS::Queue", Properties: { RedrivePolicy: { Ref: `P${at}` } } }]),
    ),
  });
  const templates = [hostile, TEXT].map((text, at) => templateOf(readSource(`${at}.yaml`, text)));
  const document = auditDocument(audit(templates, { deployment: { parameters: {}, region: null } }), OPTIONS);
  expect(document.resources).toBe(1);
  expect(document.problems.map(({ code, at, message }) => `${code} ${at} ${message}`)).toEqual([
    "AUD-003 0.yaml could not be evaluated: it has values nested more than 1000 levels deep",
  ]);
});
