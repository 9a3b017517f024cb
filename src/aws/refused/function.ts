import { field, isTrue, items, listed, numberOf, textOf } from "../template.ts";
import type { Resource } from "./estate.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const FUNCTION = "AWS::Lambda::Function";
const MAPPING = "AWS::Lambda::EventSourceMapping";

/** Variables that Lambda sets itself and lets nobody else set. */
const RESERVED = [
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
  "TZ",
];

/** A mapping's function: by its alias or version, too. */
function functionOf({ properties, stack }: Resource, estate: Parameters<Refusal["check"]>[0]): Resource | undefined {
  const named = estate.target(properties["FunctionName"], stack);
  if (named === undefined || named.type === FUNCTION) return named;
  return estate.target(named.properties["FunctionName"], named.stack);
}

const mappings: readonly Refusal[] = [
  refusalOf(
    MAPPING,
    [
      "lambda-visibility",
      "a queue hides a message for at least as long as the function may run",
      "lambda/latest/dg/services-sqs-configure.html",
    ],
    (resource, estate) => {
      const queue = estate.target(resource.properties["EventSourceArn"], resource.stack);
      const worker = functionOf(resource, estate);
      if (queue?.type !== "AWS::SQS::Queue" || worker === undefined) return [];
      const hidden = numberOf(queue.properties["VisibilityTimeout"]) ?? 30;
      const runs = numberOf(worker.properties["Timeout"]) ?? 3;
      return hidden < runs ? [["Properties.EventSourceArn", `${hidden} s hidden, ${runs} s run`]] : [];
    },
  ),
  refusalOf(
    MAPPING,
    [
      "lambda-batch-window",
      "more than ten messages of a queue at once need a window of at least a second",
      "lambda/latest/dg/services-sqs-configure.html",
    ],
    (resource, estate) => {
      const queue = estate.target(resource.properties["EventSourceArn"], resource.stack);
      const size = numberOf(resource.properties["BatchSize"]) ?? 10;
      const window = numberOf(resource.properties["MaximumBatchingWindowInSeconds"]) ?? 0;
      return queue?.type === "AWS::SQS::Queue" && size > 10 && window < 1
        ? [["Properties.MaximumBatchingWindowInSeconds", `${window} s with ${size} messages`]]
        : [];
    },
  ),
  refusalOf(
    MAPPING,
    [
      "lambda-maximum-concurrency",
      "a queue's mapping runs 2 to 1000 copies, no more than the function has reserved",
      "lambda/latest/dg/services-sqs-scaling.html",
    ],
    (resource, estate) => {
      const most = numberOf(field(resource.properties, "ScalingConfig.MaximumConcurrency"));
      const reserved = numberOf(functionOf(resource, estate)?.properties["ReservedConcurrentExecutions"]) ?? Infinity;
      return most !== undefined && (most < 2 || most > 1_000 || most > reserved)
        ? [["Properties.ScalingConfig.MaximumConcurrency", `${most}, with ${reserved} reserved`]]
        : [];
    },
  ),
];

const functions: readonly Refusal[] = [
  refusalOf(
    FUNCTION,
    [
      "lambda-reserved-variable",
      "a function's environment leaves Lambda's own variables alone",
      "lambda/latest/dg/configuration-envvars.html",
    ],
    ({ properties }) =>
      Object.keys((field(properties, "Environment.Variables") ?? {}) as object)
        .filter((key) => RESERVED.includes(key))
        .map((key) => [`Properties.Environment.Variables.${key}`, "is Lambda's own"]),
  ),
  refusalOf(
    FUNCTION,
    [
      "lambda-file-system-without-network",
      "a function with a file system is in its network",
      "lambda/latest/dg/configuration-filesystem.html",
    ],
    ({ properties }) =>
      items(properties["FileSystemConfigs"]).length > 0 && items(field(properties, "VpcConfig.SubnetIds")).length === 0
        ? [["Properties.VpcConfig", "missing, with a file system"]]
        : [],
  ),
  refusalOf(
    FUNCTION,
    [
      "lambda-network-role",
      "a function in a network may make network interfaces",
      "lambda/latest/dg/configuration-vpc.html",
    ],
    ({ properties, stack }, estate) => {
      const role = estate.target(properties["Role"], stack);
      if (properties["VpcConfig"] === undefined || role === undefined) return [];
      const managed = items(role.properties["ManagedPolicyArns"]).map(textOf).join();
      const may =
        /AWSLambdaVPCAccessExecutionRole|AWSLambdaENIManagementAccess/.test(managed) ||
        JSON.stringify(role.properties["Policies"] ?? []).includes("ec2:CreateNetworkInterface") ||
        estate
          .of("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
          .some((each) => JSON.stringify(each.properties).includes("ec2:CreateNetworkInterface"));
      return may ? [] : [["Properties.Role", `${role.logicalId} may not`]];
    },
  ),
  refusalOf(
    ["AWS::Lambda::Url", "AWS::Lambda::Alias"],
    [
      "lambda-alias-of-latest",
      "an alias names a version; provisioned concurrency cannot have $LATEST",
      "lambda/latest/dg/provisioned-concurrency.html",
    ],
    ({ properties }) =>
      properties["ProvisionedConcurrencyConfig"] !== undefined && properties["FunctionVersion"] === "$LATEST"
        ? [["Properties.FunctionVersion", "$LATEST"]]
        : [],
  ),
];

const apis: readonly Refusal[] = [
  refusalOf(
    "AWS::ApiGatewayV2::Integration",
    [
      "api-timeout",
      "an HTTP API waits 50 milliseconds to 30 seconds for its integration",
      "apigatewayv2/latest/api-reference/apis-apiid-integrations.html",
    ],
    ({ properties }) => {
      const timeout = numberOf(properties["TimeoutInMillis"]) ?? 30_000;
      return timeout < 50 || timeout > 30_000 ? [["Properties.TimeoutInMillis", `${timeout} ms`]] : [];
    },
  ),
  refusalOf(
    "AWS::ApiGatewayV2::Integration",
    [
      "api-private-integration",
      "an integration with something private names its link and its method",
      "apigateway/latest/developerguide/http-api-develop-integrations-private.html",
    ],
    ({ properties }) => {
      const link = properties["ConnectionType"] === "VPC_LINK";
      const whole = properties["ConnectionId"] !== undefined && properties["IntegrationMethod"] !== undefined;
      return link && !whole ? [["Properties.ConnectionId", "or IntegrationMethod is missing"]] : [];
    },
  ),
  refusalOf(
    "AWS::ApiGatewayV2::Route",
    [
      "api-route-key",
      "a route is $default, or a method and a path",
      "apigateway/latest/developerguide/http-api-develop-routes.html",
    ],
    ({ properties }) => {
      const key = textOf(properties["RouteKey"]);
      const good = /^(\$default|(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/\S*)$/.test(key);
      return good ? [] : [["Properties.RouteKey", key]];
    },
  ),
  refusalOf(
    "AWS::ApiGatewayV2::Integration",
    [
      "api-function-permission",
      "an API invokes a function that lets API Gateway in",
      "apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
    ],
    ({ properties, stack }, estate) => {
      const target = estate.target(properties["IntegrationUri"], stack);
      if (!target?.type.startsWith("AWS::Lambda::") || isTrue(properties["CredentialsArn"] !== undefined)) return [];
      const may = estate
        .of("AWS::Lambda::Permission")
        .filter((each) => estate.target(each.properties["FunctionName"], each.stack) === target)
        .some((each) => listed(each.properties["Principal"]).map(textOf).includes("apigateway.amazonaws.com"));
      return may ? [] : [["Properties.IntegrationUri", `no permission for ${target.logicalId}`]];
    },
  ),
];

/** What Lambda and API Gateway refuse. */
export const FUNCTIONS: readonly Refusal[] = [...mappings, ...functions, ...apis];
