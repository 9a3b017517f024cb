import { Aws, type IResolvable } from "aws-cdk-lib";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { S3 } from "../../facts/storage.ts";
import { keyArnIn } from "../key.ts";
import { bucketName, logicalId } from "../name.ts";
import { type Offer, offerOfPeer } from "../peer.ts";
import { type Statement, shipRole } from "../role.ts";
import type { Site } from "../ship.ts";

const MINUTE_MS = 60_000;

/** How a bucket tells the other region that it is there. */
export function bucketOffer(id: string): Offer {
  return { id, nothing: "none" };
}

/** Where the copies of a bucket go. */
interface Destination {
  readonly arn: string;
  readonly region: string;
  readonly keyArn: string;
}

/**
 * Copies every object to the bucket of the same name in the other region, and what happens to copies there back again:
 * both regions can then take writes, whichever serves. S3 refuses a rule whose destination does not exist, so the rule
 * of the side that is made first comes with a second update of its stack ({@link offerOfPeer}); what was written before
 * it is copied by S3 Batch Replication alone. Null where there is no other region.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
 */
export function replicationToPeer(site: Site, id: string): IResolvable | null {
  const { shipment, other, keyArn } = site;
  const offer = offerOfPeer(site, bucketOffer(id));
  if (offer === null || other === null) return null;
  const arn = arnOfBucket(bucketName(shipment, id, other.name));
  const destination = { arn, region: other.name, keyArn: keyArnIn(shipment, other.name, keyArn) };
  const { role, rules } = replicationOf(site, id, destination);
  return offer.onceThere({ Role: role, Rules: rules.map(pascal) });
}

/** Copies every object to a second bucket in the same region, against what deletes or overwrites on purpose. */
export function replicationToCopy(site: Site, id: string, copyArn: string): CfnBucket.ReplicationConfigurationProperty {
  return replicationOf(site, id, { arn: copyArn, region: site.region.name, keyArn: site.keyArn });
}

function replicationOf(
  site: Site,
  id: string,
  to: Destination,
): { role: string; rules: CfnBucket.ReplicationRuleProperty[] } {
  const { shipment, stacks, region, keyArn } = site;
  const source = arnOfBucket(bucketName(shipment, id, region.name));
  const role = shipRole(stacks.data, logicalId(id, "replication-role"), {
    assumedBy: "s3.amazonaws.com",
    tellsAccount: false, // nothing says that S3 tells it here
    statements: statements({ source, keyArn, region: region.name, to }),
  });
  return { role: role.attrArn, rules: [ruleFor(to, withinMinutes(site))] };
}

/** Replication Time Control costs extra, so it is on only where the objective for a region is that short. */
function withinMinutes({ shipment }: Site): number | null {
  const { rpoMs } = shipment.topology.objectives.region;
  const promised = S3.replicationTime.value;
  return rpoMs !== null && rpoMs <= promised ? promised / MINUTE_MS : null;
}

/** Metrics cost extra too, and are needed to see how far behind the copies are. */
function ruleFor({ arn, keyArn }: Destination, minutes: number | null): CfnBucket.ReplicationRuleProperty {
  const enabled = { status: "Enabled" };
  const within = minutes === null ? null : { minutes };
  return {
    id: "everything",
    ...enabled,
    priority: 1,
    filter: { prefix: "" },
    deleteMarkerReplication: enabled,
    sourceSelectionCriteria: { sseKmsEncryptedObjects: enabled, replicaModifications: enabled },
    destination: {
      bucket: arn,
      encryptionConfiguration: { replicaKmsKeyId: keyArn },
      metrics: { ...enabled, ...(within === null ? {} : { eventThreshold: within }) },
      ...(within === null ? {} : { replicationTime: { ...enabled, time: within } }),
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
function statements(of: { source: string; keyArn: string; region: string; to: Destination }): Statement[] {
  const { source, keyArn, region, to } = of;
  const through = (where: string) => ({ StringEquals: { "kms:ViaService": `s3.${where}.amazonaws.com` } });
  const readVersion = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"];
  const write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"];
  return [
    { sid: "Source", actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"], resources: [source] },
    { sid: "SourceObjects", actions: readVersion, resources: [`${source}/*`] },
    { sid: "Copies", actions: write, resources: [`${to.arn}/*`] },
    { sid: "SourceKey", actions: ["kms:Decrypt"], resources: [keyArn], conditions: through(region) },
    {
      sid: "KeyOfCopies",
      actions: ["kms:Encrypt", "kms:GenerateDataKey"],
      resources: [to.keyArn],
      conditions: through(to.region),
    },
  ];
}

function arnOfBucket(name: string): string {
  return `arn:${Aws.PARTITION}:s3:::${name}`;
}

/** As CloudFormation spells a property; the CDK does not translate what stands in a condition. */
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== "object" || value === null) return value;
  const spelled = ([key, each]: [string, unknown]) => [spelling(key), pascal(each)];
  return Object.fromEntries(Object.entries(value).map((entry) => spelled(entry)));
}

function spelling(key: string): string {
  return key === "replicaKmsKeyId" ? "ReplicaKmsKeyID" : key.slice(0, 1).toUpperCase() + key.slice(1);
}
