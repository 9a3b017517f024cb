import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { beforeEach, describe, expect, test } from "vitest";
import { type Wire, tell, toldLate, wire } from "./wire.ts";

let from: Stack;
let to: Stack;
let shipment: { readonly wires: Wire[] };
beforeEach(() => {
  const app = new App({ analyticsReporting: false });
  from = new Stack(app, "data-us-east-1", { env: { region: "us-east-1" } });
  to = new Stack(app, "data-us-west-2", { env: { region: "us-west-2" } });
  shipment = { wires: [] };
});

const OUTPUT = { stack: "data-us-east-1", output: "KeyArn" };

describe("a value of another region", () => {
  test("is an output there and a parameter here, however often it is asked for", () => {
    const asked = [1, 2].map(() => wire(shipment, "KeyArn", { stack: from, value: "arn" }, to));
    expect(asked[0]).toBe(asked[1]);
    Template.fromStack(from).hasOutput("KeyArn", { Value: "arn" });
    const description = "Output KeyArn of stack data-us-east-1";
    expect(Template.fromStack(to).findParameters("KeyArn")).toEqual({
      KeyArn: { Type: "String", Description: description },
    });
    expect(shipment.wires).toEqual([{ from: OUTPUT, to: { stack: "data-us-west-2", parameter: "KeyArn" } }]);
  });

  test("that comes late has something to say until then, and what waits for it a condition", () => {
    tell(from, "KeyArn", "arn");
    const late = toldLate(shipment, OUTPUT, { stack: to, parameter: "Key" }, "nothing");
    expect(late.isTold("IsThere")).toBe(late.isTold("IsThere"));
    const template = Template.fromStack(to);
    expect(template.findParameters("Key")).toMatchObject({ Key: { Default: "nothing" } });
    template.hasCondition("IsThere", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Key" }, "nothing"] }] });
    expect(shipment.wires).toEqual([{ from: OUTPUT, to: { stack: "data-us-west-2", parameter: "Key" }, late: true }]);
  });
});
