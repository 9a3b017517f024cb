import { CfnCondition, CfnParameter, Fn, type Stack } from "aws-cdk-lib";
import type { Shipment } from "../ship.ts";

/** What a parameter says until the other region has told it. */
const NOT_YET = "none";

/** A value that a region is told after it was deployed. */
export interface Late {
  readonly value: string;
  /** Holds once it was told: for what cannot be made before. */
  readonly isTold: () => CfnCondition;
}

/**
 * What the region that takes over tells the one that it takes over from, by an output of the same name. It comes with a
 * second update of that region's stack: the first region must not wait for the second one to be deployed.
 */
export function toldLate(
  shipment: Shipment,
  from: { readonly stack: Stack; readonly output: string },
  to: Stack,
): Late {
  const { stack, output } = from;
  const description = `Output ${output} of stack ${stack.stackName}, or "${NOT_YET}" until it exists`;
  const parameter = new CfnParameter(to, output, { type: "String", default: NOT_YET, description });
  shipment.wires.push({
    from: { stack: stack.stackName, output },
    to: { stack: to.stackName, parameter: output },
    late: true,
  });
  const { valueAsString: value } = parameter;
  const isTold = (): CfnCondition => {
    const id = `${output}IsTold`;
    const made = to.node.tryFindChild(id) as CfnCondition | undefined;
    return made ?? new CfnCondition(to, id, { expression: Fn.conditionNot(Fn.conditionEquals(value, NOT_YET)) });
  };
  return { value, isTold };
}
