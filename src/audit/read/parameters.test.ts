import { expect, test } from "vitest";
import { readParameters } from "./parameters.ts";

test.each([
  [
    "what the command line takes",
    '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "UsePreviousValue": true}]',
  ],
  ["a section", '{"Parameters": {"A": "1"}, "Tags": {"x": "y"}}'],
  ["a mapping", 'A: "1"\n'],
  ["pairs", '["A=1"]'],
])("parameters are read from %s", (_, text) => {
  expect(readParameters("p", text)).toEqual({ A: "1" });
});

test("lists are joined as CloudFormation takes them", () => {
  expect(readParameters("p", "A: [x, y]")).toEqual({ A: "x,y" });
});

test.each(["3", "[1]", "A: {b: 1}", "", "[{ParameterKey: 1}]"])("rejects %j, and says how it is written", (text) => {
  expect(() => readParameters("p", text)).toThrow(expect.objectContaining({ code: "AUD-016" }) as Error);
});
