import { fromJsonText } from "../../evaluate/json-text.ts";
import { writtenText } from "../../evaluate/text.ts";
import { type Value, isMap, partOf } from "../../evaluate/value.ts";
import { elementsOf, hasElement } from "../../evaluate/judge.ts";
import type { Resource } from "../../model/resource.ts";

/** A state that does work, of a state machine or of a branch of one. */
export interface Task {
  readonly name: string;
  readonly state: Value;
  /** Whether it, or a state that it is within, tries again or catches what went wrong. */
  readonly isGuarded: boolean;
}

/** What a state machine does; undefined where its definition is elsewhere or only known at deployment. */
export function definitionOf(machine: Resource): Value | undefined {
  const definition = fromJsonText(machine.at("DefinitionString") ?? machine.at("Definition"));
  return isMap(definition) ? definition : undefined;
}

/** All tasks of a definition, those within branches and loops too. */
export function tasksOf(definition: Value | undefined): readonly Task[] {
  const tasks: Task[] = [];
  gather(definition, false, tasks);
  return tasks;
}

function gather(machine: Value | undefined, isGuarded: boolean, into: Task[]): void {
  const states = partOf(machine, "States");
  if (!isMap(states)) return;
  for (const [name, state] of Object.entries(states)) {
    if (!isMap(state)) continue;
    const guarded = isGuarded || ["Retry", "Catch"].some((key) => hasElement(state[key]) !== "no");
    if (state["Type"] === "Task") into.push({ name, state, isGuarded: guarded });
    const inner = [...elementsOf(state["Branches"]).elements, state["Iterator"], state["ItemProcessor"]];
    for (const each of inner) gather(each, guarded, into);
  }
}

/** What a task calls, as far as its definition tells. */
export function calledBy({ state }: Task): string {
  return writtenText(partOf(state, "Resource"));
}
