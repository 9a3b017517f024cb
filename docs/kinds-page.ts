import type { KindKey } from "../src/definition/context.ts";
import { LOCAL } from "../src/local/not-supported.ts";
import { PLACE_OF_KIND } from "../src/topology/components.ts";
import type { Kind, Scope } from "../src/topology/topology.ts";

interface Row {
  readonly key: KindKey | "edge";
  readonly aws: string;
  /** What follows `<NAME>_` in the variables of a program that uses it. */
  readonly variables: readonly string[];
}

const ROWS: Readonly<Record<Kind, Row>> = {
  edge: { key: "edge", aws: "Route 53, CloudFront with S3, WAF, certificates", variables: [] },
  accelerator: { key: "accelerators", aws: "Global Accelerator", variables: [] },
  "http-api": { key: "httpApis", aws: "API Gateway, an HTTP API", variables: [] },
  service: {
    key: "services",
    aws: "ECS on Fargate or EC2, or EKS; behind an Application or Network Load Balancer",
    variables: ["URL"],
  },
  function: { key: "functions", aws: "Lambda", variables: ["ARN"] },
  schedule: { key: "schedules", aws: "EventBridge Scheduler", variables: [] },
  queue: { key: "queues", aws: "SQS, with a dead-letter queue", variables: ["URL", "ACROSS_REGIONS"] },
  topic: { key: "topics", aws: "SNS", variables: ["ARN"] },
  bus: { key: "buses", aws: "EventBridge, with an archive", variables: ["NAME"] },
  database: {
    key: "databases",
    aws: "Aurora or RDS Multi-AZ, of PostgreSQL or MySQL; RDS Proxy",
    variables: ["URL", "READER_URL", "USER", "PASSWORD"],
  },
  cache: { key: "caches", aws: "ElastiCache, of Valkey or Redis", variables: ["URL", "USER", "PASSWORD"] },
  table: { key: "tables", aws: "DynamoDB, a global table; DAX", variables: ["NAME", "ACCELERATOR_URL"] },
  bucket: { key: "buckets", aws: "S3", variables: ["NAME"] },
  "file-system": { key: "fileSystems", aws: "EFS, FSx for Lustre, FSx for Windows", variables: ["PATH"] },
  volume: { key: "volumes", aws: "EBS, with snapshots", variables: ["PATH"] },
};

const LOST_WITH: Readonly<Record<Scope, string>> = {
  zone: "its zone, an instance at a time",
  region: "its region",
  global: "neither zone nor region",
};

/** The page `docs/kinds.md`: every kind of component, from the tables in the code. */
export function kindsPage(): string {
  const kinds = Object.keys(ROWS) as Kind[];
  const rows = kinds.map((kind) => {
    const { key, aws, variables } = ROWS[kind];
    const support = LOCAL[kind];
    const here = support.runs ? "runs" : `no: ${support.why}`;
    const told = variables.map((suffix) => `\`<NAME>_${suffix}\``).join(", ") || "-";
    return `| \`${key}\` | ${aws} | ${here} | ${told} | ${LOST_WITH[PLACE_OF_KIND[kind].scope]} |`;
  });
  return [
    "# Kinds of component",
    "<!-- Written by `npm run docs` from the tables in the code. -->",
    INTRO.join("\n"),
    [...HEAD, ...rows].join("\n"),
    NOTES.join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const INTRO = [
  "What stands under which key of a definition, what it becomes on AWS, and what this machine runs of it. The names",
  "of components are the user's own, and each is used once. `examples/everything` has one of each kind.",
];

const HEAD = [
  "| key | on AWS | on this machine | a program that uses it is told | is lost with |",
  "|---|---|---|---|---|",
];

const NOTES = [
  "MySQL, and services over TCP, do not run on this machine either. What carries a service on AWS (`platform`) is all",
  "one here: its tasks are processes. FSx for Lustre is lost with its zone. A function is told `<NAME>_SECRET_ARN` of",
  "databases and caches, in place of user and password.",
];
