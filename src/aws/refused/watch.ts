import { field, items, leastLength, listed, numberOf, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const FIS = "AWS::FIS::ExperimentTemplate";
const ALARM = "AWS::CloudWatch::Alarm";
const DAY = 86_400;

function entries(
  value: Resource["properties"][string],
): readonly (readonly [string, Resource["properties"][string]])[] {
  return typeof value === "object" && value !== null ? Object.entries(value as Resource["properties"]) : [];
}

const recovery: readonly Refusal[] = [
  refusalOf(
    "AWS::ARCRegionSwitch::Plan",
    [
      "region-switch-name",
      "a Region switch plan's name has at most 32 letters, digits and hyphens",
      "arc-region-switch/latest/api/API_CreatePlan.html",
    ],
    ({ properties }) => {
      const name = properties["Name"];
      const wrong = leastLength(name) > 32 || (typeof name === "string" && !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name));
      return wrong ? [["Properties.Name", textOf(name)]] : [];
    },
  ),
  refusalOf(
    "AWS::ARCRegionSwitch::Plan",
    [
      "region-switch-regions",
      "a Region switch plan is for two regions, and its primary one is among them",
      "arc-region-switch/latest/api/API_CreatePlan.html",
    ],
    ({ properties }) => {
      const regions = items(properties["Regions"]).map(textOf);
      const primary = properties["PrimaryRegion"];
      const wrong = regions.length !== 2 || (primary !== undefined && !regions.includes(textOf(primary)));
      return wrong ? [["Properties.Regions", `${regions.join(", ")}, primary ${textOf(primary)}`]] : [];
    },
  ),
  refusalOf(
    "AWS::ARCZonalShift::ZonalAutoshiftConfiguration",
    [
      "zonal-autoshift-practice",
      "zonal autoshift is on only with a practice run that an outcome alarm watches",
      "AWSCloudFormation/latest/TemplateReference/aws-resource-arczonalshift-zonalautoshiftconfiguration.html",
    ],
    ({ properties }) =>
      properties["ZonalAutoshiftStatus"] === "ENABLED" &&
      items(field(properties, "PracticeRunConfiguration.OutcomeAlarms")).length === 0
        ? [["Properties.PracticeRunConfiguration", "no outcome alarm"]]
        : [],
  ),
];

const experiments: readonly Refusal[] = [
  refusalOf(
    FIS,
    [
      "fis-stop-condition",
      "an experiment says when it is stopped, and an alarm is what stops it",
      "fis/latest/userguide/stop-conditions.html",
    ],
    ({ properties }) => {
      const alarms = items(properties["StopConditions"]).filter(
        (each) => field(each, "Source") === "aws:cloudwatch:alarm" && field(each, "Value") !== undefined,
      );
      return alarms.length === 0 ? [["Properties.StopConditions", "no alarm"]] : [];
    },
  ),
  refusalOf(
    FIS,
    [
      "fis-target-name",
      "the actions of an experiment name its targets, and each target is somebody's",
      "fis/latest/userguide/targets.html",
    ],
    ({ properties }) => {
      const known = entries(properties["Targets"]).map(([name]) => name);
      const used = entries(properties["Actions"]).flatMap(([, action]) =>
        entries(field(action, "Targets")).map(([, name]) => textOf(name)),
      );
      const odd = [...used.filter((name) => !known.includes(name)), ...known.filter((name) => !used.includes(name))];
      return odd.map((name) => ["Properties.Targets", name]);
    },
  ),
  refusalOf(
    FIS,
    [
      "fis-target-arns",
      "a target of an experiment names five resources at most",
      "fis/latest/APIReference/API_CreateExperimentTemplateTargetInput.html",
    ],
    ({ properties }) =>
      entries(properties["Targets"])
        .map(([name, target]) => [name, items(field(target, "ResourceArns")).length] as const)
        .filter(([, count]) => count > 5)
        .map(([name, count]) => [`Properties.Targets.${name}.ResourceArns`, `${count} resources`]),
  ),
  refusalOf(
    FIS,
    ["fis-start-after", "an action begins after other actions of its experiment", "fis/latest/userguide/actions.html"],
    ({ properties }) => {
      const known = entries(properties["Actions"]).map(([name]) => name);
      return entries(properties["Actions"]).flatMap(([name, action]) =>
        items(field(action, "StartAfter"))
          .filter((each) => !known.includes(textOf(each)) || textOf(each) === name)
          .map((each) => [`Properties.Actions.${name}.StartAfter`, textOf(each)] as const),
      );
    },
  ),
];

const alarms: readonly Refusal[] = [
  refusalOf(
    ALARM,
    [
      "alarm-window",
      "an alarm looks back a day at most, a week where its period is an hour or more",
      "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ],
    ({ properties }) => {
      const periods = [
        properties["Period"],
        ...items(properties["Metrics"]).flatMap((each) => [field(each, "Period"), field(each, "MetricStat.Period")]),
      ]
        .map(numberOf)
        .filter((each) => each !== undefined);
      const period = Math.max(0, ...periods);
      const back = period * (numberOf(properties["EvaluationPeriods"]) ?? 1);
      return back > (period >= 3_600 ? 7 : 1) * DAY ? [["Properties.EvaluationPeriods", `${back} s`]] : [];
    },
  ),
  refusalOf(
    ALARM,
    [
      "alarm-period",
      "a period is 10, 20 or 30 seconds, or whole minutes",
      "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ],
    ({ properties }) =>
      [properties["Period"], ...items(properties["Metrics"]).map((each) => field(each, "MetricStat.Period"))]
        .map(numberOf)
        .filter((each) => each !== undefined)
        .filter((each) => ![10, 20, 30].includes(each) && (each < 60 || each % 60 !== 0))
        .map((each) => ["Properties.Period", `${each} s`]),
  ),
  refusalOf(
    ALARM,
    [
      "alarm-datapoints",
      "an alarm asks for no more data points than it looks at",
      "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ],
    ({ properties }) => {
      const points = numberOf(properties["DatapointsToAlarm"]) ?? 1;
      const periods = numberOf(properties["EvaluationPeriods"]) ?? 1;
      return points > periods ? [["Properties.DatapointsToAlarm", `${points} of ${periods}`]] : [];
    },
  ),
  refusalOf(
    ALARM,
    [
      "alarm-metric-math",
      "exactly one of an alarm's metrics returns data, and expressions name the others",
      "AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html",
    ],
    ({ properties }) => {
      const metrics = items(properties["Metrics"]);
      const returned = metrics.filter((each) => field(each, "ReturnData") !== false).length;
      const ids = metrics.map((each) => textOf(field(each, "Id")));
      const odd = ids.filter((id, at) => !/^[a-z][A-Za-z0-9_]*$/.test(id) || ids.indexOf(id) !== at);
      if (metrics.length > 0 && returned !== 1) return [["Properties.Metrics", `${returned} return data`]];
      return odd.map((id) => ["Properties.Metrics", `the id ${id}`]);
    },
  ),
  refusalOf(
    "AWS::CloudTrail::Trail",
    [
      "trail-before-policy",
      "CloudTrail tests its way to the bucket when a trail is made, so the bucket's policy comes first",
      "awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    ],
    ({ properties, stack, dependsOn }, estate) => {
      const bucket = estate.target(properties["S3BucketName"], stack);
      if (bucket === undefined || bucket.stack !== stack) return [];
      const policies = estate
        .of("AWS::S3::BucketPolicy")
        .filter((each) => estate.target(each.properties["Bucket"], each.stack) === bucket);
      return policies.some((each) => dependsOn.includes(each.logicalId))
        ? []
        : [["DependsOn", "not the bucket's policy"]];
    },
  ),
];

const runbooks: readonly Refusal[] = [
  refusalOf(
    "AWS::SSM::Document",
    [
      "runbook-schema",
      "an automation has schema version 0.3, and steps with names of their own",
      "systems-manager/latest/userguide/documents-schemas-features.html",
    ],
    ({ properties }) => {
      if (properties["DocumentType"] !== "Automation") return [];
      const content = properties["Content"];
      if (typeof content !== "object") return [];
      const names = items(field(content, "mainSteps")).map((step) => textOf(field(step, "name")));
      const twice = names.some((name, at) => names.indexOf(name) !== at);
      if (field(content, "schemaVersion") !== "0.3") return [["Properties.Content.schemaVersion", "not 0.3"]];
      return names.length === 0 || twice ? [["Properties.Content.mainSteps", names.join(", ") || "none"]] : [];
    },
  ),
  refusalOf(
    "AWS::SSM::Document",
    [
      "runbook-next-step",
      "a step goes on to a step of its runbook",
      "systems-manager/latest/userguide/automation-document-error-handling.html",
    ],
    ({ properties }) => {
      const steps = items(field(properties["Content"], "mainSteps"));
      const names = steps.map((step) => textOf(field(step, "name")));
      return steps.flatMap((step, at) => {
        const failure = /^step:(.*)$/.exec(textOf(field(step, "onFailure")))?.[1];
        const next = [
          field(step, "nextStep"),
          ...items(field(step, "inputs.Choices")).map((each) => field(each, "NextStep")),
        ];
        return [...next.filter((each) => each !== undefined).map(textOf), ...listed(failure).map(textOf)]
          .filter((name) => !names.includes(name))
          .map((name) => [`Properties.Content.mainSteps.${at}`, `no step is called ${name}`] as const);
      });
    },
  ),
  refusalOf(
    "AWS::SSM::Document",
    [
      "runbook-name",
      "a document's name does not begin with aws, amazon or amzn",
      "systems-manager/latest/APIReference/API_CreateDocument.html",
    ],
    ({ properties }) =>
      /^(aws|amazon|amzn)/i.test(textOf(properties["Name"] ?? "x"))
        ? [["Properties.Name", textOf(properties["Name"])]]
        : [],
  ),
];

/** What ARC, FIS, CloudWatch, CloudTrail and Systems Manager refuse. */
export const WATCH: readonly Refusal[] = [...recovery, ...experiments, ...alarms, ...runbooks];
