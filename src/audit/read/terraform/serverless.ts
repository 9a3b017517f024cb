import type { Json } from "../document.ts";
import {
  type Family,
  type Sources,
  alike,
  inner,
  inners,
  made,
  parsed,
  same,
  sameList,
  translated,
} from "./translation.ts";

/** How many requests a stage or a route takes; -1 is Terraform's word for any number. */
const THROTTLING: Sources = {
  ThrottlingBurstLimit: made("throttling_burst_limit", (block) => limited(block.value("throttling_burst_limit"))),
  ThrottlingRateLimit: made("throttling_rate_limit", (block) => limited(block.value("throttling_rate_limit"))),
};

const RETRIES = inner("retry_policy", alike("MaximumEventAgeInSeconds", "MaximumRetryAttempts"));

/** Where a rule of EventBridge sends to. */
const TARGET: Sources = {
  Arn: same("arn"),
  DeadLetterConfig: inner("dead_letter_config", alike("Arn")),
  Id: same("target_id"),
  RetryPolicy: RETRIES,
};

/** Functions, their event sources, APIs, workflows. */
export const SERVERLESS: Family = {
  translations: {
    aws_lambda_function: {
      type: "AWS::Lambda::Function",
      properties: {
        ...alike("FunctionName", "MemorySize", "Role", "Runtime", "Timeout"),
        DeadLetterConfig: inner("dead_letter_config", alike("TargetArn")),
        Environment: inner("environment", { Variables: made("variables", (block) => block.mapping("variables")) }),
        FileSystemConfigs: inners("file_system_config", alike("Arn")),
        ReservedConcurrentExecutions: made("reserved_concurrent_executions", (block) => {
          const reserved = block.value("reserved_concurrent_executions");
          return reserved === -1 ? undefined : reserved; // Terraform's word for none
        }),
        VpcConfig: inner("vpc_config", { SubnetIds: sameList("subnet_ids") }),
      },
    },
    aws_lambda_event_source_mapping: {
      type: "AWS::Lambda::EventSourceMapping",
      properties: {
        ...alike("BatchSize", "EventSourceArn", "FunctionName", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts"),
        Enabled: same("enabled"),
        Queues: sameList("queues"),
        StartingPosition: same("starting_position"),
        Topics: sameList("topics"),
        BisectBatchOnFunctionError: same("bisect_batch_on_function_error"),
        DestinationConfig: inner("destination_config", {
          OnFailure: inner("on_failure", { Destination: same("destination_arn") }),
        }),
        FunctionResponseTypes: sameList("function_response_types"),
      },
    },
    aws_lambda_function_event_invoke_config: {
      type: "AWS::Lambda::EventInvokeConfig",
      properties: {
        ...alike("FunctionName", "MaximumRetryAttempts", "Qualifier"),
        DestinationConfig: inner("destination_config", {
          OnFailure: inner("on_failure", { Destination: same("destination") }),
          OnSuccess: inner("on_success", { Destination: same("destination") }),
        }),
      },
    },
    aws_lambda_permission: {
      type: "AWS::Lambda::Permission",
      properties: alike("Action", "FunctionName", "Principal", "SourceArn"),
    },
    aws_lambda_alias: {
      type: "AWS::Lambda::Alias",
      properties: { FunctionName: same("function_name"), Name: same("name") },
    },
    aws_lambda_function_url: {
      type: "AWS::Lambda::Url",
      properties: { TargetFunctionArn: same("function_name") },
    },
    aws_api_gateway_rest_api: {
      type: "AWS::ApiGateway::RestApi",
      properties: {
        Body: same("body"),
        EndpointConfiguration: inner("endpoint_configuration", { Types: sameList("types") }),
        Name: same("name"),
      },
    },
    aws_api_gateway_deployment: {
      type: "AWS::ApiGateway::Deployment",
      properties: alike("RestApiId", "StageName"),
    },
    aws_api_gateway_usage_plan: {
      type: "AWS::ApiGateway::UsagePlan",
      properties: {
        ApiStages: inners("api_stages", alike("ApiId", "Stage")),
        Throttle: inner("throttle_settings", alike("BurstLimit", "RateLimit")),
      },
    },
    aws_api_gateway_stage: {
      type: "AWS::ApiGateway::Stage",
      properties: { RestApiId: same("rest_api_id"), StageName: same("stage_name") },
    },
    aws_api_gateway_integration: {
      type: "AWS::ApiGateway::Method",
      properties: {
        RestApiId: same("rest_api_id"),
        Integration: made("uri", (block) =>
          translated(block, {
            ...alike("RequestParameters", "Type", "Uri"),
            TimeoutInMillis: same("timeout_milliseconds"),
            ResponseTransferMode: same("response_transfer_mode"),
          }),
        ),
      },
    },
    aws_apigatewayv2_api: {
      type: "AWS::ApiGatewayV2::Api",
      properties: { Name: same("name"), ProtocolType: same("protocol_type") },
    },
    aws_apigatewayv2_stage: {
      type: "AWS::ApiGatewayV2::Stage",
      properties: {
        ApiId: same("api_id"),
        StageName: same("name"),
        DefaultRouteSettings: inner("default_route_settings", THROTTLING),
        RouteSettings: made("route_settings", (block) => {
          const routes = block.blocks("route_settings");
          const settings = routes.map(
            (route) => [String(route.value("route_key")), translated(route, THROTTLING)] as const,
          );
          return routes.length === 0 ? undefined : Object.fromEntries(settings);
        }),
      },
    },
    aws_apigatewayv2_integration: {
      type: "AWS::ApiGatewayV2::Integration",
      properties: alike("ApiId", "IntegrationType", "IntegrationUri"),
    },
    aws_sfn_state_machine: {
      type: "AWS::StepFunctions::StateMachine",
      properties: {
        StateMachineName: same("name"),
        DefinitionString: parsed("definition"),
        StateMachineType: same("type"),
      },
    },
    aws_cloudwatch_event_bus: { type: "AWS::Events::EventBus", properties: { Name: same("name") } },
    aws_cloudwatch_event_archive: {
      type: "AWS::Events::Archive",
      properties: { SourceArn: same("event_source_arn"), RetentionDays: same("retention_days") },
    },
    aws_cloudwatch_event_rule: {
      type: "AWS::Events::Rule",
      properties: {
        ...alike("EventBusName", "ScheduleExpression"),
        EventPattern: parsed("event_pattern"),
        Name: same("name"),
        State: made("state", (block) => (block.value("is_enabled") === false ? "DISABLED" : block.value("state"))),
      },
    },
    aws_scheduler_schedule: {
      type: "AWS::Scheduler::Schedule",
      properties: {
        ...alike("ScheduleExpression", "State"),
        Target: inner("target", {
          Arn: same("arn"),
          DeadLetterConfig: inner("dead_letter_config", alike("Arn")),
          RetryPolicy: RETRIES,
        }),
      },
    },
    aws_pipes_pipe: { type: "AWS::Pipes::Pipe", properties: alike("Source", "Target") },
  },
  attachments: {
    aws_api_gateway_method_settings: {
      of: "aws_api_gateway_stage",
      to: "stage_name",
      properties: {
        MethodSettings: made("settings", (block) => {
          const settings = block.block("settings");
          return [{ HttpMethod: block.value("method_path") ?? "", ...(settings && translated(settings, THROTTLING)) }];
        }),
      },
    },
    aws_cloudwatch_event_target: {
      of: "aws_cloudwatch_event_rule",
      to: "rule",
      properties: {
        Targets: made("arn", (block) => [translated(block, TARGET)], TARGET),
      },
    },
  },
};

function limited(value: Json | undefined): Json | undefined {
  return value === -1 ? undefined : value;
}
