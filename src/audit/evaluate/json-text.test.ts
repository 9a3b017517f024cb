import { expect, test } from "vitest";
import { fromJsonText } from "./json-text.ts";
import { Choice, Reference, Text, Unknown, partOf } from "./value.ts";

const arn = new Reference("t#Dlq", "Dlq", "Arn");
const count = new Unknown("parameter Count");

test("reads a text with parts that are not known, within quotes and without", () => {
  const text = new Text(['{"deadLetterTargetArn": "', arn, '", "maxReceiveCount": ', count, ', "of": ["a", 1]}']);
  const policy = fromJsonText(text);
  expect(partOf(policy, "deadLetterTargetArn")).toBe(arn);
  expect(partOf(policy, "maxReceiveCount")).toBe(count);
  expect(partOf(policy, "of.1")).toBe(1);
});

test("keeps what stands around a part, and is not led astray by a quote that is escaped", () => {
  const policy = fromJsonText(new Text(['{"say": "\\"", "name": "to-', arn, '-now"}']));
  expect(partOf(policy, "name")).toEqual(new Text(["to-", arn, "-now"]));
});

test("reads each of several texts", () => {
  const policy = fromJsonText(Choice.of(['{"a": 1}', '{"a": 2}']));
  expect(partOf(policy, "a")).toEqual(Choice.of([1, 2]));
});

test("leaves a mapping as it is, and calls unknown what is no JSON or nested too deeply", () => {
  const map = { a: 1 };
  expect(fromJsonText(map)).toBe(map);
  expect(fromJsonText("{ a }")).toBeInstanceOf(Unknown);
  expect(fromJsonText("[".repeat(5_000) + "]".repeat(5_000))).toBeInstanceOf(Unknown);
});
