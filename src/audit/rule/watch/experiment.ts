import { elementsOf, judge } from "../../evaluate/judge.ts";
import { every } from "../../../base/answer.ts";
import { partOf } from "../../evaluate/value.ts";
import type { Rule } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";

/** Rules about experiments of the Fault Injection Service. */
export const EXPERIMENTS: readonly Rule[] = [
  resourceRule({
    id: "fis-stop-condition",
    title: "an experiment is stopped by nothing",
    severity: "medium",
    loss: "change",
    practice: "REL12-BP04",
    type: "AWS::FIS::ExperimentTemplate",
    judge: (experiment) => {
      const at = "StopConditions";
      const value = experiment.at(at);
      const { elements, whole } = elementsOf(value);
      const none = every(
        elements.map((condition) => judge(partOf(condition, "Source"), (source) => source === "none")),
      );
      return judged(whole ? none : "unknown", "goes on whatever it breaks: StopConditions has no alarm", { at, value });
    },
    why: "An experiment that hurts customers runs to its end, unless somebody watches and stops it by hand.",
    fix: "set `StopConditions` to the alarm that customers' trouble sets off",
    source: "https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html",
  }),
];
