import { Aws } from "aws-cdk-lib";
import { CfnLifecyclePolicy } from "aws-cdk-lib/aws-dlm";
import { SNAPSHOT } from "../../facts/storage.ts";
import type { VolumeSettings } from "../../topology/kind/volume.ts";
import type { VolumeComponent } from "../../topology/topology.ts";
import type { VolumeHandle } from "../handle.ts";
import { keyArnIn } from "../key.ts";
import { ALL_OF_ENCRYPTION } from "../key/policy.ts";
import { logicalId, physicalName } from "../name.ts";
import { shipRole } from "../role.ts";
import { type Site, tagged } from "../ship.ts";

const HOUR_MS = 3_600_000;

/** The tag of volumes that are to be snapshotted. */
const TAG = "holdfast:volume";

/** AWS's own policy for Data Lifecycle Manager. */
const MANAGED_POLICY = "service-role/AWSDataLifecycleManagerServiceRole";

/**
 * Snapshots of the volumes of an EBS component, which come and go with the instances that they are attached to: they
 * are found by their tag. A volume lives in one zone; its snapshots live in the region, and, where there is another
 * one, as encrypted copies there.
 */
export function shipVolume(site: Site, component: VolumeComponent): VolumeHandle {
  const { shipment, stacks, keyArn, other } = site;
  const { id, settings } = component;
  const tag = { key: TAG, value: physicalName(shipment, id) };
  const { hours, count } = rhythm(settings);
  const otherKey = other === null ? null : keyArnIn(shipment, other.name, keyArn);
  const keys = [keyArn, ...(otherKey === null ? [] : [otherKey])];
  const role = shipRole(stacks.data, logicalId(id, "snapshot-role"), {
    assumedBy: "dlm.amazonaws.com",
    managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${MANAGED_POLICY}`],
    statements: snapshotStatements(keys),
  });
  const policy = new CfnLifecyclePolicy(stacks.data, logicalId(id, "snapshots"), {
    description: `Snapshots of the volumes ${id} of ${shipment.system}`,
    state: "ENABLED",
    executionRoleArn: role.attrArn,
    policyDetails: {
      policyType: "EBS_SNAPSHOT_MANAGEMENT",
      resourceTypes: ["VOLUME"],
      targetTags: [tag],
      schedules: [
        {
          name: id,
          createRule: { interval: hours, intervalUnit: "HOURS" },
          retainRule: { count },
          copyTags: true,
          ...(other === null || otherKey === null
            ? {}
            : {
                crossRegionCopyRules: [
                  {
                    target: other.name,
                    encrypted: true,
                    cmkArn: otherKey,
                    copyTags: true,
                    retainRule: { interval: Math.max(1, Math.ceil((hours * count) / 24)), intervalUnit: "DAYS" },
                  },
                ],
              }),
        },
      ],
    },
    tags: tagged(shipment, component),
  });
  const { sizeGiB } = settings;
  return { id, kind: "volume", path: `/mnt/${id}`, sizeGiB, tag, policyId: policy.ref, access: [], doors: [] };
}

/** https://docs.aws.amazon.com/ebs/latest/userguide/dlm-prerequisites.html */
function snapshotStatements(keys: readonly string[]) {
  return [
    { sid: "KeysOfSnapshots", actions: ALL_OF_ENCRYPTION, resources: keys },
    {
      sid: "GrantsForSnapshots",
      actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      resources: keys,
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/**
 * How many hours lie between snapshots, and how many snapshots are kept: the longest of AWS's intervals that is no
 * longer than what was asked for, and as many as reach back as far as was asked for.
 */
export function rhythm({ snapshotEveryMs, keep }: VolumeSettings): { hours: number; count: number } {
  const asked = snapshotEveryMs / HOUR_MS;
  const [shortest] = SNAPSHOT.hours.value;
  const hours = SNAPSHOT.hours.value.filter((each) => each <= asked).at(-1) ?? shortest;
  return { hours, count: Math.min(SNAPSHOT.keep.max, Math.max(1, Math.ceil((keep * asked) / hours))) };
}
