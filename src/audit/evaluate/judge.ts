import { type Answer, agreed, answerOf, some } from "../../base/answer.ts";
import { Choice, Reference, Text, Unknown, type Value, isList, optionsOf } from "./value.ts";

/**
 * Whether a value passes a test, over all that it may be: yes where every option passes, no where none does, else
 * unknown. The test sees plain data (or undefined, where a property is absent) and no symbolic value: what those are is
 * unknown.
 */
export function judge(value: Value | undefined, test: (plain: Value | undefined) => boolean | Answer): Answer {
  return agreed(optionsOf(value).map((option) => judgeOne(option, test)));
}

function judgeOne(value: Value | undefined, test: (plain: Value | undefined) => boolean | Answer): Answer {
  if (value instanceof Unknown || value instanceof Text || value instanceof Reference) return "unknown";
  const answer = test(value);
  return typeof answer === "boolean" ? answerOf(answer) : answer;
}

/** Whether a value is set, to whatever. */
export function isSet(value: Value | undefined): Answer {
  const options = optionsOf(value);
  const set = options.filter((option) => option !== undefined && option !== null).length;
  if (set === options.length) return "yes";
  return set === 0 ? "no" : "unknown";
}

/** Whether a boolean is true; CloudFormation takes the texts "true" and "false" for booleans. */
export function isTrue(value: Value | undefined): Answer {
  return judge(value, (plain) => plain === true || (typeof plain === "string" && plain.toLowerCase() === "true"));
}

/** Whether a boolean is false. An absent one is not. */
export function isFalse(value: Value | undefined): Answer {
  return judge(value, (plain) => plain === false || (typeof plain === "string" && plain.toLowerCase() === "false"));
}

/** Whether a number passes a test. An absent one, or what is no number, does not. */
export function isNumber(value: Value | undefined, test: (number: number) => boolean): Answer {
  return judge(value, (plain) => {
    const number = numberOf(plain);
    return number !== undefined && test(number);
  });
}

/** Whether a text is one of several, whatever their case. */
export function isOneOf(value: Value | undefined, texts: readonly string[]): Answer {
  const wanted = new Set(texts.map((text) => text.toLowerCase()));
  return judge(value, (plain) => typeof plain === "string" && wanted.has(plain.toLowerCase()));
}

/** A number that is known, written as one or as text. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

/**
 * The elements of a list; a single value counts as a list of one. `whole` says whether these are all: not of a list
 * that only a deployment knows, of which there are then none.
 */
export function elementsOf(value: Value | undefined): { readonly elements: readonly Value[]; readonly whole: boolean } {
  if (value === undefined || value === null) return { elements: [], whole: true };
  if (value instanceof Choice) {
    const each = value.options.map(elementsOf);
    return { elements: each.flatMap(({ elements }) => elements), whole: false };
  }
  if (value instanceof Unknown) return { elements: [], whole: false };
  if (!isList(value)) return { elements: [value], whole: true };
  return {
    elements: value.filter((element) => !(element instanceof Unknown && element.identity.endsWith("[]"))),
    whole: !value.some((element) => element instanceof Unknown && element.identity.endsWith("[]")),
  };
}

/** Whether a list has an element; a single value that is set counts as a list of one, an empty text as none. */
export function hasElement(value: Value | undefined): Answer {
  const answers = optionsOf(value).map((option): Answer => {
    const { elements, whole } = elementsOf(option);
    if (!whole) return "unknown";
    return some(elements.map((element) => (element === "" ? "no" : isSet(element))));
  });
  return agreed(answers);
}
