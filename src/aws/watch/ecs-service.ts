import { Fn } from "aws-cdk-lib";
import type { ServiceHandle } from "../handle.ts";

/**
 * The name of a service of ECS, as its metrics and FIS have it: on instances the handle's name is the Auto Scaling
 * group's, and the service's own is the last part of its ARN (`service/<cluster>/<name>`).
 */
export function ecsServiceName({ platform, name, arn }: ServiceHandle): string {
  return platform === "ec2" ? Fn.select(2, Fn.split("/", arn)) : name;
}
