import { Aws } from "aws-cdk-lib";

/** What is shipped, for the names of things. */
export interface Shipped {
  readonly system: string;
  readonly stage: "production" | "dev";
}

/** A stack's name. @example stackName(shop, "data", "us-east-1") // "shop-production-data-us-east-1" */
export function stackName({ system, stage }: Shipped, part: string, region: string): string {
  return `${system}-${stage}-${part}-${region}`;
}

/**
 * A logical id: the words of the names, each with a capital. It is the same whatever else is in the system, because a
 * resource that stands directly in its stack is called just that. @example logicalId("user-sessions", "Group") //
 * "UserSessionsGroup"
 */
export function logicalId(...names: readonly string[]): string {
  return names
    .flatMap((name) => name.split(/[^A-Za-z0-9]+/))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/**
 * A name that another region or a person must be able to tell without looking it up. Everything else is named by
 * CloudFormation, because a retained resource with a fixed name blocks the next attempt to create it.
 *
 * @example physicalName(shop, "database") // "shop-production-database"
 */
export function physicalName({ system, stage }: Shipped, ...parts: readonly string[]): string {
  return [system, stage, ...parts].join("-");
}

/** A bucket's name, which is the only one of its name in the world: with the region and the account. */
export function bucketName(shipped: Shipped, id: string, region: string): string {
  return `${physicalName(shipped, id, region)}-${Aws.ACCOUNT_ID}`;
}

/** The ARN of something in a region that this account has a deterministic name for. */
export function arnOf(service: string, region: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;
}
