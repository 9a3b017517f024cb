import { isSet } from "../../evaluate/judge.ts";
import { type Value, partOf } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";
import { type Task, calledBy, definitionOf, tasksOf } from "./state-machine.ts";

const STATE_MACHINE = "AWS::StepFunctions::StateMachine";
const GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg";
const AT = "DefinitionString";

const LIMITS: readonly string[] = ["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"];

const isLimited = (state: Value | undefined): boolean => LIMITS.some((limit) => isSet(partOf(state, limit)) !== "no");

/** Whether somebody else ends it: a program that is given a token, or polls for activities. */
function waitsForOthers(task: Task): boolean {
  return /\.waitForTaskToken$|:activity:/.test(calledBy(task));
}

function verdictOn(tasks: readonly Task[], message: string): Verdict {
  const names = tasks.slice(0, 3).map(({ name }) => `"${name}"`);
  const more = tasks.length > names.length ? ` and ${tasks.length - names.length} more` : "";
  return tasks.length === 0 ? undefined : fail(`${message}: ${names.join(", ")}${more}`, AT);
}

function hasUnguarded(machine: Resource): Verdict {
  const tasks = tasksOf(definitionOf(machine)).filter(({ isGuarded }) => !isGuarded);
  return verdictOn(tasks, "ends at the first error of a task with neither Retry nor Catch");
}

function waitsForEver(machine: Resource): Verdict {
  const definition = definitionOf(machine);
  if (isLimited(definition)) return undefined;
  const tasks = tasksOf(definition).filter((task) => waitsForOthers(task) && !isLimited(task.state));
  return verdictOn(tasks, "waits without a limit for an answer");
}

/** Rules about Step Functions. */
export const STEP_FUNCTIONS: readonly Rule[] = [
  resourceRule({
    id: "step-functions-retry",
    title: "a task of a state machine neither tries again nor catches",
    severity: "medium",
    loss: "instance",
    practice: "REL05-BP03",
    type: STATE_MACHINE,
    judge: hasUnguarded,
    why: "One throttled or failed call ends the whole execution, half done, until somebody starts it again by hand.",
    fix: "give each task of `DefinitionString` a `Retry`, and a `Catch` for what does not pass",
    source: `${GUIDE}/concepts-error-handling.html`,
  }),
  resourceRule({
    id: "step-functions-timeout",
    title: "a task of a state machine waits for an answer without a limit",
    severity: "medium",
    loss: "instance",
    practice: "REL05-BP05",
    type: STATE_MACHINE,
    judge: waitsForEver,
    why: "When who was to answer is lost, the execution hangs for up to a year and nobody is told.",
    fix: "set `TimeoutSeconds` or `HeartbeatSeconds` of the task",
    source: `${GUIDE}/sfn-stuck-execution.html`,
  }),
];
