import type { CfnPlan } from "aws-cdk-lib/aws-arcregionswitch";
import { CfnDocument } from "aws-cdk-lib/aws-ssm";
import { Aws, type Stack } from "aws-cdk-lib";
import { RDS } from "../../facts/database.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import { logicalId, physicalName } from "../name.ts";
import { type Statement, shipRole } from "../role.ts";
import type { Shipment, Site } from "../ship.ts";
import { accessToSwitches, trafficSwitches } from "../edge/traffic-switch.ts";
import { toldLate } from "../wire.ts";
import { PLAN_ARN, planName } from "./region-switch/plan.ts";
import { putsOf } from "./region-switch/traffic.ts";

/** A step of an automation. https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html */
export interface RunbookStep {
  readonly name: string;
  readonly action: "aws:executeAwsApi" | "aws:waitForAwsResourceProperty" | "aws:branch" | "aws:sleep";
  readonly description?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly { readonly Name: string; readonly Selector: string; readonly Type: string }[];
  readonly timeoutSeconds?: number;
  readonly onFailure?: string;
  readonly isEnd?: boolean;
  readonly nextStep?: string;
}

/** What a runbook asks for. */
export interface RunbookParameter {
  readonly type: "String" | "StringMap";
  readonly description: string;
  readonly default?: string;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
}

/** A runbook: what people do in an incident, as AWS carries it out for them. */
export interface Runbook {
  readonly name: string;
  /** Markdown: when to start it, what it does, what to look at. */
  readonly text: string;
  readonly parameters: Readonly<Record<string, RunbookParameter>>;
  readonly steps: readonly RunbookStep[];
  /** What its role may do, and nothing else. */
  readonly statements: readonly Statement[];
}

/**
 * Ships a runbook with a role of its own. It has a name that people know, so a changed one is a new version of it:
 * replacing a document that has a name is refused.
 *
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
 */
export function shipRunbook(stack: Stack, shipment: Shipment, runbook: Runbook): CfnDocument {
  const { name, text, parameters, steps, statements } = runbook;
  const role = shipRole(stack, logicalId(name, "runbook", "role"), { assumedBy: "ssm.amazonaws.com", statements });
  return new CfnDocument(stack, logicalId(name, "runbook"), {
    name: physicalName(shipment, name),
    documentType: "Automation",
    documentFormat: "JSON",
    updateMethod: "NewVersion",
    content: {
      schemaVersion: "0.3",
      description: text,
      assumeRole: role.attrArn,
      parameters,
      mainSteps: steps,
    },
    tags: [{ key: "Name", value: physicalName(shipment, name) }],
  });
}

/**
 * The runbooks `failover` and `failback`, each where it is needed: a region is activated from within, so the first is
 * in the second region and the other in the first one. Both start the plan, wait for its end and move the customers,
 * which Region switch leaves out of an execution that is not graceful.
 */
export function shipRecoveryRunbooks(stack: Stack, sites: readonly Site[], plan: CfnPlan | null): void {
  const [first, second] = sites;
  if (plan === null || !first || !second) return;
  const { shipment } = first;
  const from = { stack: stack.stackName, output: PLAN_ARN };
  const planArn = toldLate(shipment, from, { stack: first.stacks.watch, parameter: PLAN_ARN }).value;
  shipRunbook(
    stack,
    shipment,
    switchRunbook("failover", shipment, { region: second.region.name, planArn: plan.attrArn }),
  );
  shipRunbook(
    first.stacks.watch,
    shipment,
    switchRunbook("failback", shipment, { region: first.region.name, planArn }),
  );
}

const HOUR_SECONDS = 3_600;

function switchRunbook(
  name: "failover" | "failback",
  shipment: Shipment,
  to: { readonly region: string; readonly planArn: string },
): Runbook {
  const { region, planArn } = to;
  const execution = { planArn: "{{ PlanArn }}", executionId: "{{ start.ExecutionId }}" };
  return {
    name,
    text: switchText(name, shipment, region),
    parameters: {
      PlanArn: { type: "String", description: "The Region switch plan", default: planArn },
      Mode: {
        type: "String",
        description:
          "graceful: nothing is lost, and both regions must answer. ungraceful: the other region is gone, and what " +
          "was not copied yet is lost",
        default: "graceful",
        allowedValues: ["graceful", "ungraceful"],
      },
    },
    steps: [
      {
        name: "start",
        action: "aws:executeAwsApi",
        description: `activates ${region}`,
        inputs: {
          Service: "arc-region-switch",
          Api: "StartPlanExecution",
          planArn: "{{ PlanArn }}",
          targetRegion: region,
          action: "activate",
          mode: "{{ Mode }}",
          comment: `started by the runbook ${physicalName(shipment, name)}`,
        },
        outputs: [{ Name: "ExecutionId", Selector: "$.executionId", Type: "String" }],
        onFailure: "Abort",
      },
      {
        name: "wait",
        action: "aws:waitForAwsResourceProperty",
        description: "until services are scaled and writers are moved",
        inputs: {
          Service: "arc-region-switch",
          Api: "GetPlanExecution",
          ...execution,
          PropertySelector: "$.executionState",
          DesiredValues: ["completed", "completedWithExceptions", "completedMonitoringApplicationHealth"],
        },
        timeoutSeconds: HOUR_SECONDS,
        onFailure: "Abort",
      },
      ...moveSteps(shipment, region),
    ],
    statements: [
      {
        sid: "Plan",
        actions: ["arc-region-switch:GetPlanExecution", "arc-region-switch:StartPlanExecution"],
        resources: [`arn:${Aws.PARTITION}:arc-region-switch::${Aws.ACCOUNT_ID}:plan/${planName(shipment)}:*`],
      },
      ...moveStatements(shipment, region),
    ],
  };
}

/**
 * Customers are moved by the runbook too: what was put already is put again. Where the word has to be put into the
 * other region an automation cannot do it, and the plan's function has; see its text.
 */
function moveSteps(shipment: Shipment, region: string): RunbookStep[] {
  return putsOf(shipment, region, "activate")
    .filter((put) => put.region === region)
    .map(({ Namespace, MetricData }, index) => ({
      name: `moveCustomers${index + 1}`,
      action: "aws:executeAwsApi",
      description: "customers are sent here; Route 53 follows within two minutes",
      inputs: { Service: "cloudwatch", Api: "PutMetricData", Namespace, MetricData },
      isEnd: true,
    }));
}

function moveStatements(shipment: Shipment, region: string): Statement[] {
  return moveSteps(shipment, region).length === 0 ? [] : [accessToSwitches()];
}

const WHEN = {
  failover: [
    "Start this when the other region does not serve customers and will not soon.",
    "Decide first what may be lost: the alarms `other-region-lag` tell.",
  ],
  failback: [
    "Start this when the region that was left is well again, its data has caught up,",
    "and customers can bear a minute of errors.",
  ],
} as const;

/** What Aurora makes of the old volume of a cluster that was given up goes with that cluster's backups. */
const ALONE = [
  "If the region was given up, keep what it had acknowledged alone, to compare it: Aurora tries to make a snapshot",
  `\`${RDS.leftBehindPrefix.value}…\` of the old volume and deletes it with the backups.`,
  "`holdfast deploy` has copied it to one that stays; else `aws rds copy-db-cluster-snapshot` does.",
] as const;

function hasGlobalDatabase(topology: Topology): boolean {
  return componentsOf(topology, "database").some(({ settings }) => settings.engine.startsWith("aurora-"));
}

/** Replication knows no object that was there before it. */
const BATCH = [
  "Objects that a bucket had before it was replicated, after a change of the strategy or a restore, are in one",
  "region alone. S3 Batch Replication copies them, in the region that has them, before anything is switched:",
  "`aws s3control create-job --operation S3ReplicateObject={} --manifest-generator …`, for each bucket.",
] as const;

function hasReplicatedBuckets(topology: Topology): boolean {
  return componentsOf(topology, "bucket").some(({ settings }) => settings.replication === "other-region");
}

function switchText(name: "failover" | "failback", shipment: Shipment, region: string): string {
  const { system, topology } = shipment;
  const byHand = trafficSwitches(topology).length === 0;
  return [
    `# ${name === "failover" ? "Fail over" : "Fail back"} ${system} to ${region}`,
    "",
    ...WHEN[name],
    "",
    "1. Region switch scales the services to what the other region has.",
    "2. It moves the writers of the databases. `graceful` loses nothing and needs both regions;",
    "   `ungraceful` needs this one alone.",
    byHand
      ? "3. Customers must be sent here by hand: there is no edge that knows two regions."
      : "3. Customers are sent here; Route 53 follows within two minutes.",
    "",
    ...(name === "failback" && hasGlobalDatabase(topology) ? [...ALONE, ""] : []),
    ...(hasReplicatedBuckets(topology) ? [...BATCH, ""] : []),
    `Then run \`holdfast deploy\`, which learns that ${region} serves now, and makes the other region`,
    "what the strategy keeps of one that does not serve.",
  ].join("\n");
}
