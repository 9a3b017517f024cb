import type { Json } from "../document.ts";
import type { Block } from "./block.ts";
import { type Family, alike, inners, made, present, same, sameList } from "./translation.ts";

const OPTIONS = inners("setting", { Namespace: same("namespace"), OptionName: same("name"), Value: same("value") });

/** Alarms, trails, canaries, experiments, deployments. */
export const WATCH: Family = {
  translations: {
    aws_cloudwatch_metric_alarm: {
      type: "AWS::CloudWatch::Alarm",
      properties: {
        ...alike(
          "AlarmName",
          "ComparisonOperator",
          "EvaluationPeriods",
          "MetricName",
          "Namespace",
          "Period",
          "Statistic",
        ),
        ...alike("Threshold", "TreatMissingData", "ActionsEnabled"),
        AlarmActions: sameList("alarm_actions"),
        Dimensions: made("dimensions", dimensionsOf),
        InsufficientDataActions: sameList("insufficient_data_actions"),
        Metrics: made("metric_query", (block) => {
          const queries = block.blocks("metric_query");
          if (queries.length === 0) return undefined;
          return queries.map((query) => {
            const metric = query.block("metric");
            return {
              Id: query.value("id") ?? "",
              ...(metric && {
                MetricStat: {
                  Metric: {
                    MetricName: metric.value("metric_name") ?? "",
                    Namespace: metric.value("namespace") ?? "",
                    Dimensions: dimensionsOf(metric) ?? [],
                  },
                },
              }),
            };
          });
        }),
        OKActions: sameList("ok_actions"),
      },
    },
    aws_cloudwatch_composite_alarm: {
      type: "AWS::CloudWatch::CompositeAlarm",
      properties: {
        ...alike("ActionsEnabled", "AlarmName", "AlarmRule"),
        AlarmActions: sameList("alarm_actions"),
        InsufficientDataActions: sameList("insufficient_data_actions"),
        OKActions: sameList("ok_actions"),
      },
    },
    aws_cloudwatch_log_group: { type: "AWS::Logs::LogGroup", properties: { LogGroupName: same("name") } },
    aws_cloudwatch_dashboard: {
      type: "AWS::CloudWatch::Dashboard",
      properties: { DashboardName: same("dashboard_name") },
    },
    aws_cloudtrail: {
      type: "AWS::CloudTrail::Trail",
      properties: { IsMultiRegionTrail: same("is_multi_region_trail"), S3BucketName: same("s3_bucket_name") },
    },
    aws_flow_log: { type: "AWS::EC2::FlowLog", properties: alike("LogDestination") },
    aws_config_delivery_channel: { type: "AWS::Config::DeliveryChannel", properties: alike("S3BucketName") },
    aws_synthetics_canary: {
      type: "AWS::Synthetics::Canary",
      properties: { ArtifactS3Location: same("artifact_s3_location"), Name: same("name") },
    },
    aws_codedeploy_deployment_group: {
      type: "AWS::CodeDeploy::DeploymentGroup",
      properties: {
        AlarmConfiguration: made("alarm_configuration", (block) => {
          const found = block.block("alarm_configuration");
          const alarms = found?.list("alarms") ?? [];
          return (
            found && {
              Enabled: found.value("enabled") ?? false,
              Alarms: Array.isArray(alarms) ? (alarms as readonly Json[]).map((Name) => ({ Name })) : alarms,
            }
          );
        }),
        AutoScalingGroups: sameList("autoscaling_groups"),
      },
    },
    aws_elastic_beanstalk_environment: {
      type: "AWS::ElasticBeanstalk::Environment",
      properties: { OptionSettings: OPTIONS, TemplateName: same("template_name") },
    },
    aws_elastic_beanstalk_configuration_template: {
      type: "AWS::ElasticBeanstalk::ConfigurationTemplate",
      properties: { OptionSettings: OPTIONS },
    },
    aws_fis_experiment_template: {
      type: "AWS::FIS::ExperimentTemplate",
      properties: {
        StopConditions: made("stop_condition", (block) =>
          block.blocks("stop_condition").map((each) => ({
            Source: each.value("source") ?? "",
            ...present("Value", each.value("value")),
          })),
        ),
      },
    },
  },
};

/** Where one of the values is known after apply, Terraform tells none of the names. */
function dimensionsOf(block: Block) {
  const dimensions = block.mapping("dimensions");
  const open = block.isOpen("dimensions") ? { Name: block.script("dimensions") ?? null } : undefined;
  return dimensions && Object.entries(dimensions).map(([Name, Value]) => ({ Name, ...open, Value }));
}
