import { CfnGlobalTable } from "aws-cdk-lib/aws-dynamodb";
import type { TableCapacity, TableKey } from "../../topology/kind/table.ts";
import type { Region, TableComponent } from "../../topology/topology.ts";
import { shipAccelerator } from "../data/dax.ts";
import { keyOfSecondary } from "../data/peer-value.ts";
import type { TableHandle } from "../handle.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { deletionProtection } from "../protection.ts";
import type { Statement } from "../role.ts";
import { type Site, isDev, keep, presenceIn, tagged } from "../ship.ts";

/** What a program may do with the items of a table; transactions are made of these. */
const ITEM_ACTIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "ConditionCheckItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
];

const KEY_ACTIONS = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** Of the capacity that is provisioned, what is to be in use. */
const TARGET_PERCENT = 70;
const ATTRIBUTE_TYPE = { text: "S", number: "N", binary: "B" } as const;

/**
 * A DynamoDB table. It is a global table also in a system of one region, so that a second one can be added without
 * making it anew, and one stack has the replicas of all regions: the primary region's, while that is deployed. Its name
 * is fixed, because all its replicas have the same one.
 *
 * A strategy without a second region takes its replica away; AWS refuses that while the replica is protected from
 * deletion, so each replica's protection can be lifted by itself, and the other replicas lose nothing.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export function shipTable(site: Site, component: TableComponent): TableHandle {
  const { region } = site;
  const { id } = component;
  const name = physicalName(site.shipment, id);
  const table = owns(site) ? shipGlobalTable(site, component, name) : null;
  const arn = table?.attrArn ?? arnOf("dynamodb", region.name, `table/${name}`);
  const items: Statement = {
    sid: logicalId("items-of", id),
    actions: [...ITEM_ACTIONS, "DescribeTable"].map((action) => `dynamodb:${action}`),
    resources: [arn, `${arn}/index/*`],
  };
  const key: Statement = {
    sid: logicalId("key-of", id),
    actions: KEY_ACTIONS,
    resources: [site.keyArn],
    conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region.name}.amazonaws.com` } },
  };
  const accelerator = component.settings.accelerator
    ? shipAccelerator(site, component, { items, key, itemActions: ITEM_ACTIONS })
    : null;
  return {
    id,
    kind: "table",
    name,
    arn,
    acceleratorUrl: accelerator?.url ?? null,
    acceleratorName: accelerator?.name ?? null,
    access: [items, key, ...(accelerator?.access ?? [])],
    doors: accelerator?.doors ?? [],
  };
}

/** The primary region has the table, or the other one where nothing is deployed in the primary. */
function owns({ shipment, region }: Site): boolean {
  const [primary] = shipment.topology.regions;
  return region.role === "primary" || !presenceIn(shipment, primary!).deployed; // a topology has a region
}

function shipGlobalTable(site: Site, component: TableComponent, tableName: string): CfnGlobalTable {
  const { shipment, stacks } = site;
  const { settings } = component;
  const { partitionKey, sortKey, indexes, capacity, timeToLive } = settings;
  const table = new CfnGlobalTable(stacks.data, logicalId(component.id, "table"), {
    tableName,
    billingMode: capacity === null ? "PAY_PER_REQUEST" : "PROVISIONED",
    attributeDefinitions: attributes(component),
    keySchema: keySchema(partitionKey, sortKey),
    sseSpecification: { sseEnabled: true, sseType: "KMS" },
    // What replicas are made from; a table that gets one later keeps the stream that it has.
    streamSpecification: { streamViewType: "NEW_AND_OLD_IMAGES" },
    replicas: regionsOf(site).map((region) => replica(site, component, region)),
    ...(indexes.length === 0
      ? {}
      : {
          globalSecondaryIndexes: indexes.map((index) => ({
            indexName: index.name,
            keySchema: keySchema(index.partitionKey, index.sortKey),
            projection: { projectionType: "ALL" },
            ...writes(capacity),
          })),
        }),
    ...writes(capacity),
    ...(timeToLive === null ? {} : { timeToLiveSpecification: { enabled: true, attributeName: timeToLive } }),
  });
  keep(table, shipment);
  return table;
}

/** The region whose stack this is, and the other one where that is deployed. */
function regionsOf({ shipment, region, other }: Site): readonly Region[] {
  return other !== null && presenceIn(shipment, other).deployed ? [region, other] : [region];
}

function replica(site: Site, component: TableComponent, region: Region): CfnGlobalTable.ReplicaSpecificationProperty {
  const { shipment, stacks } = site;
  const { capacity, indexes } = component.settings;
  const insights = { contributorInsightsSpecification: { enabled: !isDev(shipment) } };
  return {
    region: region.name,
    sseSpecification: { kmsMasterKeyId: region === site.region ? site.keyArn : keyOfSecondary(site) },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtectionEnabled: deletionProtection(stacks.data, shipment, [component.id, region.name]),
    ...insights,
    ...reads(capacity),
    ...(indexes.length === 0
      ? {}
      : { globalSecondaryIndexes: indexes.map(({ name }) => ({ indexName: name, ...insights, ...reads(capacity) })) }),
    tags: tagged(shipment, component),
  };
}

type Capacity = TableComponent["settings"]["capacity"];

function writes(capacity: Capacity) {
  if (capacity === null) return {};
  return { writeProvisionedThroughputSettings: { writeCapacityAutoScalingSettings: scaling(capacity.write) } };
}

function reads(capacity: Capacity) {
  if (capacity === null) return {};
  return { readProvisionedThroughputSettings: { readCapacityAutoScalingSettings: scaling(capacity.read) } };
}

function scaling({ min, max }: TableCapacity) {
  return {
    minCapacity: min,
    maxCapacity: max,
    targetTrackingScalingPolicyConfiguration: { targetValue: TARGET_PERCENT },
  };
}

function keySchema(partitionKey: TableKey, sortKey: TableKey | null) {
  return [
    { attributeName: partitionKey.name, keyType: "HASH" },
    ...(sortKey === null ? [] : [{ attributeName: sortKey.name, keyType: "RANGE" }]),
  ];
}

/** DynamoDB is told of the attributes that are part of a key, each once, and takes no other. */
function attributes({ settings }: TableComponent): CfnGlobalTable.AttributeDefinitionProperty[] {
  const keys = [settings, ...settings.indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
  const types = new Map(keys.filter((key) => key !== null).map(({ name, type }) => [name, ATTRIBUTE_TYPE[type]]));
  return [...types].map(([attributeName, attributeType]) => ({ attributeName, attributeType }));
}
