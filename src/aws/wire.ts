import { CfnCondition, CfnOutput, CfnParameter, Fn, type Stack } from "aws-cdk-lib";

/**
 * A value that a stack needs from a stack of another region. CloudFormation cannot pass it on, so it is an output there
 * and a parameter here, and `deploy` carries it over; nothing is looked up while a template is made.
 */
export interface Wire {
  readonly from: Output;
  readonly to: { readonly stack: string; readonly parameter: string };
  /**
   * Each of two stacks wants something of the other, so this one is carried over last: while the output is not there
   * yet the parameter keeps its default, and a second update of the stack gives it what the output says by then. An
   * earlier value must not be kept for it.
   */
  readonly late?: true;
}

/** An output, by the name of its stack: that stack may be made later than the one that is told. */
interface Output {
  readonly stack: string;
  readonly output: string;
}

/** A parameter of the stack that is told. */
interface Input {
  readonly stack: Stack;
  readonly parameter: string;
}

/** Where wires are collected while stacks are made. */
interface Wired {
  readonly wires: Wire[];
}

/** Tells the stacks of another region something; the same may be told again. */
export function tell(stack: Stack, output: string, value: string): void {
  if (stack.node.tryFindChild(output) === undefined) new CfnOutput(stack, output, { value });
}

/** What a stack of another region tells. That stack is deployed first, so only one of two stacks may ask the other. */
export function told({ wires }: Wired, from: Output, { stack, parameter }: Input): string {
  const made = stack.node.tryFindChild(parameter) as CfnParameter | undefined;
  if (made !== undefined) return made.valueAsString;
  wires.push({ from, to: { stack: stack.stackName, parameter } });
  return new CfnParameter(stack, parameter, { type: "String", description: said(from) }).valueAsString;
}

/** A value that a stack is told after it was deployed. */
export interface Late {
  readonly value: string;
  /** The condition of this id, which holds once it was told: for what cannot be made before. */
  readonly isTold: (id: string) => CfnCondition;
}

/**
 * What a stack of another region tells with a second update of this one: for what each of two stacks needs of the
 * other, and where this one must not wait. Until then it is `nothing`.
 */
export function toldLate({ wires }: Wired, from: Output, { stack, parameter }: Input, nothing = "none"): Late {
  wires.push({ from, to: { stack: stack.stackName, parameter }, late: true });
  const { valueAsString: value } = new CfnParameter(stack, parameter, {
    type: "String",
    default: nothing,
    description: `${said(from)}, or "${nothing}" until it exists`,
  });
  const isTold = (id: string): CfnCondition => {
    const made = stack.node.tryFindChild(id) as CfnCondition | undefined;
    return made ?? new CfnCondition(stack, id, { expression: Fn.conditionNot(Fn.conditionEquals(value, nothing)) });
  };
  return { value, isTold };
}

/** Gives `value` of a stack in one region to a stack of another region: the parameter's reference. */
export function wire(
  shipment: Wired,
  id: string,
  from: { readonly stack: Stack; readonly value: string },
  to: Stack,
): string {
  tell(from.stack, id, from.value);
  return told(shipment, { stack: from.stack.stackName, output: id }, { stack: to, parameter: id });
}

function said({ stack, output }: Output): string {
  return `Output ${output} of stack ${stack}`;
}
