import { CfnParameter, type IResolvable, type Stack } from "aws-cdk-lib";
import { type Shipped, logicalId } from "./name.ts";
import { isDev } from "./ship.ts";
import { PROTECTION } from "./template.ts";

/**
 * Whether something is protected from deletion: a parameter of its own, which is true unless `deploy` says otherwise.
 * CloudFormation deletes nothing that is protected, also not when it rolls a creation back, so `deploy` protects what
 * it has made and lifts the protection of what goes. In the cheap profile nothing is protected.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function deletionProtection(
  stack: Stack,
  shipped: Shipped,
  names: readonly [string, ...string[]],
): IResolvable | false {
  if (isDev(shipped)) return false;
  return new CfnParameter(stack, `${logicalId(...names)}${PROTECTION}`, {
    type: "String",
    default: "true",
    allowedValues: ["true", "false"],
    description: "Whether AWS refuses to delete it; off only while it is made or goes",
  }).value;
}
