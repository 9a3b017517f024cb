import type { Answer } from "../../base/answer.ts";
import type { Value } from "./value.ts";

/** What a template's expressions can name. */
export interface Names {
  /** What `Ref` gives: a resource, a parameter, or a pseudo parameter. */
  named(name: string): Value | undefined;
  /** What `Fn::GetAtt` gives. */
  attribute(resource: string, attribute: string): Value | undefined;
  /** What another of the audited templates exports; undefined where none does. */
  imported(name: Value | undefined): Value | undefined;
  /** One entry of a mapping; of keys that are not known, the choice of all that they may give. */
  mapping(name: Value | undefined, first: Value | undefined, second: Value | undefined): Value | undefined;
  /** Whether a condition holds. */
  condition(name: string): Answer;
  /** Told of what is evaluated, by its parts; throws where there are more than anybody means. */
  count(parts?: number): void;
}
