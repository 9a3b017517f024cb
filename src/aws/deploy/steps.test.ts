import { expect, test } from "vitest";
import { withAllOf } from "./exports.ts";
import type { TemplateBody } from "./plan.ts";
import { type StackChange, refuseTooLarge, stepsOf } from "./steps.ts";

const REGION = "us-east-1";

/** A stack with what it exports, each of a resource of its own, and what it imports. */
function template(exported: readonly string[], imported: readonly string[] = []): TemplateBody {
  const values = imported.map((name) => ({ "Fn::ImportValue": name }));
  return {
    Resources: {
      User: { Type: "AWS::SSM::Parameter", Properties: { Value: values } },
      ...Object.fromEntries(exported.map((name) => [name, { Type: "AWS::SQS::Queue" }])),
    },
    Outputs: Object.fromEntries(
      exported.map((name) => [`Out${name}`, { Value: { Ref: name }, Export: { Name: name } }]),
    ),
  };
}

interface Parts {
  readonly deployed?: TemplateBody | null;
  readonly wanted?: TemplateBody;
  readonly region?: string;
  readonly isToldLate?: boolean;
}

function change(name: string, { deployed = null, wanted = {}, region = REGION, isToldLate = false }: Parts) {
  return { stack: { name, region, template: "", after: [] }, deployed, wanted, isToldLate } satisfies StackChange;
}

function said(changes: readonly StackChange[]): readonly string[] {
  return stepsOf(changes).map(({ stack, round, isInterim, after }) => {
    const goes = "Resources" in after ? "" : " goes";
    return `${round} ${stack.name}${isInterim ? " keeps" : goes}`;
  });
}

test("without anything that goes there is one round", () => {
  const data = change("data", { deployed: template(["a"]), wanted: template(["a", "b"]) });
  const compute = change("compute", { deployed: template([], ["a"]), wanted: template([], ["a", "b"]) });
  expect(said([data, compute])).toEqual(["1 data", "1 compute"]);
});

test("what another stack uses is kept in the first round, and goes in the second", () => {
  const data = change("data", { deployed: template(["a"]), wanted: template(["b"]) });
  const compute = change("compute", { deployed: template([], ["a"]), wanted: template([], ["b"]) });
  expect(said([data, compute])).toEqual(["1 data keeps", "1 compute", "2 data"]);
  expect(stepsOf([data, compute])[0]?.after).toEqual(template(["a", "b"]));
});

test("what nobody uses goes at once, also where a stack of another region imports something of that name", () => {
  const data = change("data", { deployed: template(["a"]), wanted: template([]) });
  const other = change("other", { deployed: template([], ["a"]), wanted: template([]), region: "us-west-2" });
  expect(said([data, other])).toEqual(["1 data", "1 other"]);
});

test("a stack goes after those that use it, and those that keep something let go after it", () => {
  const network = change("network", { deployed: template(["n"]), wanted: template([]) });
  const data = change("data", { deployed: template(["d"], ["n"]) });
  const compute = change("compute", { deployed: template([], ["d"]) });
  const first = "1 network keeps";
  for (const changes of [
    [network, data, compute],
    [network, compute, data],
  ]) {
    expect(said(changes)).toEqual([first, "2 compute goes", "2 data goes", "2 network"]);
  }
});

test("a stack that keeps something and is told late is updated once more, not twice", () => {
  const data = change("data", { deployed: template(["a"]), wanted: template([]), isToldLate: true });
  const compute = change("compute", { deployed: template([], ["a"]), wanted: template([]) });
  expect(said([data, compute])).toEqual(["1 data keeps", "1 compute", "2 data"]);
});

test("a stack that the system has no more, and that is not there, is no step", () => {
  expect(said([change("former", {})])).toEqual([]);
});

test("fails where a stack would have too much at once, though neither before nor after the change", () => {
  const names = (prefix: string): string[] => Array.from({ length: 150 }, (_, index) => `${prefix}${index}`);
  const [old, fresh] = [template(names("old")), template(names("new"))];
  const data = change("data", { deployed: old, wanted: fresh });
  const alone = stepsOf([data]);
  expect(() => refuseTooLarge(alone)).not.toThrow();
  const compute = change("compute", { deployed: template([], ["old1"]), wanted: template([], ["new1"]) });
  const message = expect.stringContaining("data: 300 outputs of 200");
  expect(() => refuseTooLarge(stepsOf([data, compute]))).toThrow(expect.objectContaining({ code: "AWS-057", message }));
});

test("what is new wins over what is deployed, section by section", () => {
  const deployed = { Description: "old", Resources: { A: 1, B: 1 }, Conditions: { C: 1 }, Transform: ["old", "older"] };
  const wanted = { Description: "new", Resources: { B: 2 }, Outputs: { D: 2 }, Transform: ["new"] };
  expect(withAllOf(deployed, wanted)).toEqual({
    Description: "new",
    Resources: { A: 1, B: 2 },
    Conditions: { C: 1 },
    Outputs: { D: 2 },
    Transform: ["new"],
  });
});
