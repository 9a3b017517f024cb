import { Choice, Unknown, type Value, isList, optionsOf, partOf } from "../../evaluate/value.ts";

/** The value of one attribute in a list of `Key` and `Value`, as balancers and target groups have it. */
export function attributeOf(list: Value | undefined, key: string): Value | undefined {
  if (list instanceof Choice) return Choice.of(list.options.map((option) => attributeOf(option, key)));
  if (list instanceof Unknown) return list;
  if (!isList(list)) return undefined;
  // The last one counts; one that a condition may leave out is a choice with nothing.
  for (const element of list.toReversed()) {
    const options = optionsOf(element);
    if (options.some((option) => partOf(option, "Key") === key)) {
      return Choice.of(options.map((option) => (partOf(option, "Key") === key ? partOf(option, "Value") : undefined)));
    }
  }
  return undefined;
}
