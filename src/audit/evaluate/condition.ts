/**
 * Evaluates the conditions of a template in three values: what depends on what nobody said is unknown.
 * Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
import { type Answer, agreed, answerOf, every, not, some } from "../../base/answer.ts";
import { type Json, isRecord } from "../read/document.ts";
import { evaluate } from "./intrinsic.ts";
import type { Names } from "./names.ts";
import { type Value, isList, isMap, isSymbolic, keyOf, optionsOf } from "./value.ts";

/** Whether an expression of the section `Conditions` holds. */
export function evaluateCondition(expression: Json | undefined, names: Names): Answer {
  names.count();
  if (typeof expression === "boolean") return answerOf(expression);
  if (!isRecord(expression)) return "unknown";
  const [name] = Object.keys(expression);
  const argument = name === undefined ? undefined : expression[name];
  const list = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  switch (name) {
    case "Condition":
      return typeof argument === "string" ? names.condition(argument) : "unknown";
    case "Fn::And":
      return list.length === 0 ? "unknown" : every(list.map((each) => evaluateCondition(each, names)));
    case "Fn::Or":
      return list.length === 0 ? "unknown" : some(list.map((each) => evaluateCondition(each, names)));
    case "Fn::Not":
      return not(evaluateCondition(list[0], names));
    case "Fn::Equals":
      return list.length === 2 ? sameness(evaluate(list[0], names), evaluate(list[1], names)) : "unknown";
    case "Fn::Contains":
      return contains(evaluate(list[0], names), evaluate(list[1], names));
    default:
      return "unknown";
  }
}

/** Whether two values are the same, whatever each may be. */
function sameness(left: Value | undefined, right: Value | undefined): Answer {
  const [ones, others] = [optionsOf(left), optionsOf(right)];
  if (ones.length * others.length > MOST_PAIRS) return "unknown";
  return agreed(ones.flatMap((one) => others.map((other) => sameOption(one, other))));
}

/** Two parameters have few values that are allowed; more than this nobody lists. */
const MOST_PAIRS = 10_000;

function sameOption(left: Value | undefined, right: Value | undefined): Answer {
  if (left === right || keyOf(left) === keyOf(right)) return "yes";
  return isScalar(left) && isScalar(right) ? answerOf(String(left) === String(right)) : "unknown";
}

function isScalar(value: Value | undefined): boolean {
  return !isSymbolic(value) && !isList(value) && !isMap(value);
}

function contains(list: Value | undefined, value: Value | undefined): Answer {
  if (!isList(list) || list.length > MOST_PAIRS) return "unknown";
  return some(list.map((each) => sameness(each, value)));
}
