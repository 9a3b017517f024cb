import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, Token } from "aws-cdk-lib";
import { logicalId, physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/** How a database is made: empty, or from a snapshot. */
export interface RestorePoint {
  /** The snapshot, where one is given. */
  readonly snapshot: string;
  /** A property that a database which is made from a snapshot must not have. */
  readonly unlessRestored: (value: string) => string;
}

/**
 * Lets a database be made from a snapshot: the parameter `<Component>Snapshot` of the data stack, given when the stack
 * is first deployed in a region, and not changed after that. It is how the strategy backup-restore brings a region up
 * from the copies that AWS Backup left there.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
 */
export function restorePoint({ shipment, stacks }: Site, id: string): RestorePoint {
  const { valueAsString, logicalId: parameter } = new CfnParameter(stacks.data, logicalId(id, "snapshot"), {
    type: "String",
    default: "",
    description: `The snapshot that ${physicalName(shipment, id)} is made from; empty: a new one. Never changed after`,
  });
  const isGiven = new CfnCondition(stacks.data, logicalId(id, "is-restored"), {
    expression: Fn.conditionNot(Fn.conditionEquals(Fn.ref(parameter), "")),
  });
  const when = (then: string, otherwise: string): string => text(Fn.conditionIf(isGiven.logicalId, then, otherwise));
  return {
    snapshot: when(valueAsString, Aws.NO_VALUE),
    unlessRestored: (value) => when(Aws.NO_VALUE, value),
  };
}

function text(value: IResolvable): string {
  return Token.asString(value);
}
