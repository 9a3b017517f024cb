import { ACCESS } from "./access.ts";
import { BALANCING } from "./balancing.ts";
import { STORES } from "./cache-and-table.ts";
import { COMPUTE } from "./compute.ts";
import { CONTAINERS } from "./container.ts";
import { EDGE } from "./edge.ts";
import { MESSAGING } from "./messaging.ts";
import { NETWORK } from "./network.ts";
import { RDS } from "./rds.ts";
import { SERVERLESS } from "./serverless.ts";
import { STORAGE } from "./storage.ts";
import type { Attachment, Family, Translation } from "./translation.ts";
import { WATCH } from "./watch.ts";

const FAMILIES: readonly Family[] = [
  NETWORK,
  COMPUTE,
  CONTAINERS,
  BALANCING,
  SERVERLESS,
  MESSAGING,
  RDS,
  STORES,
  STORAGE,
  EDGE,
  WATCH,
  ACCESS,
];

/** How each of Terraform's types is translated; one that is not here is kept by its own name, without properties. */
export const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map(
  FAMILIES.flatMap(({ translations }) => Object.entries(translations)),
);

/** Terraform's name of each of CloudFormation's types, for the fixes. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...TRANSLATIONS].map(([name, { type }]) => [type, name] as const).toReversed()),
  "AWS::DynamoDB::GlobalTable": "aws_dynamodb_table",
};

/** Types that are a part of another resource. */
export const ATTACHMENTS: ReadonlyMap<string, Attachment> = new Map(
  FAMILIES.flatMap(({ attachments }) => Object.entries(attachments ?? {})),
);
