import { UserError, assert } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import { overLimits } from "../refused/stack.ts";
import type { SynthStack } from "../synth.ts";
import type { Template } from "../template.ts";
import { needsWhatGoes, withAllOf } from "./exports.ts";
import { type TemplateBody, isEmpty } from "./plan.ts";

/** A stack as it is deployed, and as it shall be. */
export interface StackChange {
  readonly stack: SynthStack;
  /** Null where there is none. */
  readonly deployed: TemplateBody | null;
  /** Without a resource where the system has this stack no more. */
  readonly wanted: TemplateBody;
  /** Whether it gets something that only a stack after it puts out. */
  readonly isToldLate: boolean;
}

/** One update of a stack, or its deletion. */
export interface Step {
  readonly stack: SynthStack;
  /** The stack's template when this step begins. */
  readonly before: TemplateBody | null;
  /** And when it ends; without a resource the stack is deleted. */
  readonly after: TemplateBody;
  readonly round: 1 | 2;
  /** Whether `after` still has what others use, and is therefore not the template of the assembly. */
  readonly isInterim: boolean;
}

/**
 * The steps from what is deployed to what is wanted. CloudFormation deletes no export that is in use, and who uses it
 * may at once need something new of the same stack. So there are two rounds: in the first each stack, after those that
 * it needs, gets all that is new, and where something goes that another stack uses, it keeps that. In the second it
 * goes, as do stacks that the system has no more, each after those that use it. Nobody is without what it uses on the
 * way, and from wherever a run stopped, the steps that are left are found again.
 */
export function stepsOf(changes: readonly StackChange[]): readonly Step[] {
  const first = changes.filter(({ wanted }) => !isEmpty(wanted)).map((change) => firstStep(change, changes));
  const second = changes.toReversed().flatMap((change) => {
    const done = first.find(({ stack }) => stack.name === change.stack.name);
    return secondStep(change, done) ?? [];
  });
  return [...first, ...usersFirst(second)];
}

/**
 * Refuses with AWS-057 a step in which a stack would have more than CloudFormation takes, because it has at once what
 * is new and what others still use.
 */
export function refuseTooLarge(steps: readonly Step[]): void {
  const lines = steps
    .filter(({ isInterim }) => isInterim)
    .map(({ stack, after }) => ({ stack, over: overLimits(after as Template) }))
    .filter(({ over }) => over.length > 0)
    .map(({ stack, over }) => `  ${stack.name}: ${over.join(", ")}`);
  if (lines.length === 0) return;
  throw new UserError({
    code: "AWS-057" satisfies AwsCode,
    message: `too much is new in a stack while others use what goes from it:\n${lines.join("\n")}`,
    fix: "deploy twice: first with what goes and a part of what is new, then the whole change",
  });
}

function firstStep({ stack, deployed, wanted }: StackChange, changes: readonly StackChange[]): Step {
  const others = changes.filter((other) => other.stack.region === stack.region && other.stack.name !== stack.name);
  const isInterim = others.some((other) => needsWhatGoes(other.deployed, deployed, wanted));
  return { stack, before: deployed, after: isInterim ? withAllOf(deployed, wanted) : wanted, round: 1, isInterim };
}

function secondStep({ stack, deployed, wanted, isToldLate }: StackChange, first: Step | undefined): Step | null {
  const isOver = first ? !first.isInterim && !isToldLate : deployed === null;
  return isOver ? null : { stack, before: first?.after ?? deployed, after: wanted, round: 2, isInterim: false };
}

/** A step that takes something away, as far as its order is concerned. */
type Taking = Pick<Step, "before" | "after"> & { readonly stack: { readonly region: string } };

/** Steps that take something away, in an order in which each comes after those whose stacks use it until then. */
export function usersFirst<One extends Taking>(steps: readonly One[]): readonly One[] {
  const open = [...steps];
  const ordered: One[] = [];
  while (open.length > 0) {
    const ready = open.findIndex((step) => open.every((user) => user === step || !isInTheWay(user, step)));
    assert(ready >= 0, "stacks use each other in a circle");
    ordered.push(...open.splice(ready, 1));
  }
  return ordered;
}

function isInTheWay(user: Taking, { stack, before, after }: Taking): boolean {
  return user.stack.region === stack.region && needsWhatGoes(user.before, before, after);
}
