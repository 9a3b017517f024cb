import { type Answer, every, not } from "../../base/answer.ts";
import { Choice, Unknown, type Value, optionsOf, shown } from "../evaluate/value.ts";
import type { Model } from "../model/model.ts";
import type { Context, Defect, PropertyRule, ResourceRule, Rule, Verdict } from "./rule.ts";

/** A rule that is all data: one property of one type. */
export function propertyRule(rule: PropertyRule): Rule {
  const { type, property, holds, unless, message, ...told } = rule;
  const say = message ?? ((value: string) => `${property} is ${value}`);
  return resourceRule({
    ...told,
    type,
    judge: (resource, model) => {
      const value = resource.at(property);
      const wrong = every([not(holds(value, resource, model)), not(unless?.(resource, model) ?? "no")]);
      return judged(wrong, say(shown(value), resource), { at: property, value });
    },
  });
}

/** A rule that looks at the resources of its types one by one. */
export function resourceRule({ type, judge, applies = "base", loss = "zone", ...told }: ResourceRule): Rule {
  const types = typeof type === "string" ? [type] : type;
  return {
    ...told,
    applies,
    loss,
    *check(model: Model, context: Context): Iterable<Defect> {
      for (const resource of model.of(...types)) {
        const verdicts = judge(resource, model, context);
        for (const verdict of isMany(verdicts) ? verdicts : [verdicts]) {
          if (verdict !== undefined) yield { ...verdict, resource };
        }
      }
    },
  };
}

/** What is wrong with a resource. */
export function fail(message: string, at?: string): Verdict {
  return at === undefined ? { outcome: "fail", message } : { outcome: "fail", message, at };
}

/** What may be wrong with a resource; the message says what would decide it. */
export function unknown(message: string, at?: string): Verdict {
  return at === undefined ? { outcome: "unknown", message } : { outcome: "unknown", message, at };
}

/**
 * The verdict on what may be wrong: of an unknown, the message goes on with what would decide it, which `value` tells
 * where `needs` does not.
 */
export function judged(
  wrong: Answer,
  message: string,
  about: { readonly at?: string; readonly value?: Value | undefined; readonly needs?: string } = {},
): Verdict {
  if (wrong === "no") return undefined;
  if (wrong === "yes") return fail(message, about.at);
  return unknown(`${message}; it depends on ${about.needs ?? needsOf(about.value)}`, about.at);
}

/** What would decide a value, for people. */
export function needsOf(value: Value | undefined): string {
  const open = optionsOf(value).filter((option) => option instanceof Unknown);
  if (open.length > 0) return [...new Set(open.map((each) => each.needs))].join(", ");
  return (value instanceof Choice ? value.needs : undefined) ?? "what is only known at deployment";
}

function isMany(verdicts: Verdict | readonly Verdict[]): verdicts is readonly Verdict[] {
  return Array.isArray(verdicts);
}
