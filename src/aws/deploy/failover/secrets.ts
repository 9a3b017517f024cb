import { assert } from "../../../base/error.ts";
import { type Failover, deployedOf } from "./stage.ts";

/** A secret of the system as a region has it. */
interface Found {
  readonly name: string;
  readonly arn: string;
  readonly primaryRegion: string | undefined;
}

/**
 * Makes the region that takes over the owner of its secrets that are rotated: a replica can be read without the other
 * region, and not be rotated. In a planned switchover the value that is in use is carried over first, since the former
 * region may have rotated it, and the former region's secret becomes the replica. Gives the names.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html
 */
export async function takeOverSecrets(failover: Failover): Promise<readonly string[]> {
  const rotations = rotationsIn(failover);
  if (rotations.length === 0) return [];
  const resources = await deployedOf(failover, ["AWS::SecretsManager::Secret"]);
  const names: string[] = [];
  for (const secret of await secretsIn(failover, failover.to)) {
    const logicalId = resources.find(({ physicalId }) => physicalId === secret.arn)?.logicalId;
    const rotation = rotations.find(({ secretId }) => meansSecret(secretId, secret.name, logicalId));
    if (rotation === undefined) continue;
    if (failover.planned) await carryOver(failover, secret);
    else await promote(failover, secret);
    await rearm(failover, secret, rotation);
    names.push(secret.name);
  }
  return names;
}

/** Whose secrets they are, and where they are to belong. */
type Owner = Pick<Failover, "aws" | "target" | "host" | "to" | "assembly">;

/**
 * Makes a region the owner of what its templates rotate, before they are deployed there: what was restored from backups
 * was promoted by nobody, and CloudFormation cannot let a replica rotate.
 */
export async function ownSecrets(owner: Owner): Promise<void> {
  const rotations = rotationsIn(owner);
  for (const secret of await secretsIn(owner, owner.to)) {
    if (rotations.some(({ secretId }) => meansSecret(secretId, secret.name, undefined))) await promote(owner, secret);
  }
}

interface Rotation {
  /** What the schedule says of its secret, as JSON. */
  readonly secretId: string;
  readonly days: number;
  /** What the schedule says of its function, as JSON. */
  readonly functionArn: string;
}

/** How often AWS recommends to rotate; the definition's templates say it themselves. */
const DAYS = 30;

/** The rotation schedules of the region's templates as they are when it serves. */
function rotationsIn({ assembly, to }: Owner): readonly Rotation[] {
  return assembly.manifest.stacks
    .filter(({ region }) => region === to)
    .flatMap(({ name }) => Object.values(assembly.templates[name]?.Resources ?? {}))
    .filter(({ Type }) => Type === "AWS::SecretsManager::RotationSchedule")
    .map(({ Properties = {} }) => {
      const rules = Properties["RotationRules"] as { readonly AutomaticallyAfterDays?: number } | undefined;
      return {
        secretId: JSON.stringify(Properties["SecretId"] ?? ""),
        days: rules?.AutomaticallyAfterDays ?? DAYS,
        functionArn: JSON.stringify(Properties["RotationLambdaARN"] ?? ""),
      };
    });
}

/** Whether a schedule's secret is this one: by its name, or the beginning of its ARN, or its resource in the stack. */
function meansSecret(secretId: string, name: string, logicalId: string | undefined): boolean {
  if (logicalId !== undefined && secretId.includes(`"${logicalId}"`)) return true;
  const at = secretId.indexOf(name);
  // `shop-production-database` is also the beginning of `shop-production-database-master`.
  return at >= 0 && !/^(-?[A-Za-z0-9])/.test(secretId.slice(at + name.length));
}

async function secretsIn({ aws, target }: Owner, region: string): Promise<readonly Found[]> {
  const secrets = await aws.secrets(region);
  const found: Found[] = [];
  let NextToken: string | undefined;
  do {
    const page = await secrets.listSecrets({
      Filters: [{ Key: "name", Values: [`${target.system}-${target.stage}-`] }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    for (const { Name, ARN, PrimaryRegion } of page.SecretList ?? []) {
      if (Name !== undefined && ARN !== undefined) found.push({ name: Name, arn: ARN, primaryRegion: PrimaryRegion });
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return found;
}

async function promote({ aws, to, host }: Owner, { name, arn, primaryRegion }: Found): Promise<void> {
  if (primaryRegion === undefined || primaryRegion === to) return;
  await (await aws.secrets(to)).stopReplicationToReplica({ SecretId: arn });
  host.say({ level: "info", about: "secrets", text: `${name} belongs to ${to} now` });
}

async function carryOver(failover: Failover, { name, arn, primaryRegion }: Found): Promise<void> {
  const { aws, from, to, host } = failover;
  const former = (await secretsIn(failover, from)).find((each) => each.name === name);
  if (former === undefined || former.primaryRegion === to) return; // it is the replica already
  if (primaryRegion !== undefined && primaryRegion !== to) return promote(failover, { name, arn, primaryRegion });
  const [here, there] = [await aws.secrets(to), await aws.secrets(from)];
  const { SecretString } = await there.getSecretValue({ SecretId: former.arn });
  assert(SecretString !== undefined, `${name} has a value in ${from}`);
  await here.putSecretValue({ SecretId: arn, SecretString });
  const { KmsKeyId } = await there.describeSecret({ SecretId: former.arn });
  await here.replicateSecretToRegions({
    SecretId: arn,
    AddReplicaRegions: [{ Region: from, ...(KmsKeyId === undefined ? {} : { KmsKeyId }) }],
    ForceOverwriteReplicaSecret: true,
  });
  host.say({
    level: "info",
    about: "secrets",
    text: `${name} was carried over from ${from}, which is its replica now`,
  });
}

/** Rotates by the function that the region has, from the next day that is due on. */
async function rearm(failover: Failover, { name, arn }: Found, { days, functionArn }: Rotation): Promise<void> {
  const functions = await deployedOf(failover, ["AWS::Lambda::Function"]);
  const own = functions.find(({ logicalId }) => functionArn.includes(`"${logicalId}"`));
  if (own === undefined) {
    const text = `${name} is rotated again after the next deploy: ${failover.to} has no function for it yet`;
    return failover.host.say({ level: "warning", about: "secrets", text });
  }
  const account = arn.split(":")[4];
  const partition = arn.split(":")[1];
  await (
    await failover.aws.secrets(failover.to)
  ).rotateSecret({
    SecretId: arn,
    RotationLambdaARN: `arn:${partition}:lambda:${failover.to}:${account}:function:${own.physicalId}`,
    RotationRules: { AutomaticallyAfterDays: days },
    RotateImmediately: false,
  });
}
