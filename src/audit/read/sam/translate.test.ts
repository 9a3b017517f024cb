import { describe, expect, test } from "vitest";
import { type Json, own } from "../document.ts";
import { readSource } from "../source.ts";
import { translateSam } from "./translate.ts";

function translate(text: string) {
  const { data, locate } = translateSam(readSource("t.yaml", `Transform: AWS::Serverless-2016-10-31\n${text}`));
  const resources = own(data, "Resources") as Readonly<
    Record<string, { Type: string; Properties: Record<string, Json> }>
  >;
  const types = Object.fromEntries(Object.entries(resources).map(([id, { Type: type }]) => [id, type]));
  return { resources, types, data, line: (...path: (string | number)[]) => locate(["Resources", ...path]).line };
}

describe("a function", () => {
  const text = `Globals:
  Function:
    Timeout: 20
    Environment: { Variables: { SHARED: 1 } }
    Layers: [a]
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Condition: Live
    Properties:
      CodeUri: ./worker
      Layers: [b]
      Environment: { Variables: { OWN: 2 } }
      Tracing: Active
      Tags: { team: x }
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      Policies:
        - AWSLambdaExecute
        - SQSPollerPolicy: { QueueName: !GetAtt Jobs.QueueName }
        - Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }]
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS } }
  Dead: { Type: AWS::SQS::Queue }
Outputs:
  Alias: { Value: !Ref Worker.Alias }
  Text: { Value: !Sub "x \${Worker.Version} \${Worker.Arn}" }
`;

  test("becomes itself, its role, version and alias, under SAM's own ids", () => {
    expect(translate(text).types).toEqual({
      Dead: "AWS::SQS::Queue",
      Worker: "AWS::Lambda::Function",
      WorkerRole: "AWS::IAM::Role",
      WorkerVersion: "AWS::Lambda::Version",
      WorkerAliaslive: "AWS::Lambda::Alias",
      WorkerEventInvokeConfig: "AWS::Lambda::EventInvokeConfig",
      WorkerEventInvokeConfigOnFailureQueue: "AWS::SQS::Queue",
    });
  });

  test("has what Globals says, merged as SAM merges", () => {
    expect(translate(text).resources["Worker"]).toMatchObject({
      Condition: "Live",
      Properties: {
        Timeout: 20,
        Layers: ["a", "b"],
        Environment: { Variables: { SHARED: 1, OWN: 2 } },
        TracingConfig: { Mode: "Active" },
        Tags: [{ Key: "team", Value: "x" }],
        DeadLetterConfig: { TargetArn: { "Fn::GetAtt": "Dead.Arn" } },
        Role: { "Fn::GetAtt": ["WorkerRole", "Arn"] },
      },
    });
  });

  test("what it makes says what its source says, and SAM's own references lead there", () => {
    const { resources, data } = translate(text);
    expect(resources["WorkerAliaslive"]?.Properties).toMatchObject({
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 },
    });
    expect(resources["WorkerRole"]?.Properties["ManagedPolicyArns"]).toEqual(["AWSLambdaExecute"]);
    expect(JSON.stringify(resources["WorkerRole"])).toContain(
      '"Action":["sqs:*"],"Resource":[{"Fn::GetAtt":"Jobs.QueueName"}]',
    );
    expect(data).toMatchObject({
      Outputs: {
        Alias: { Value: { Ref: "WorkerAliaslive" } },
        Text: { Value: { "Fn::Sub": "x ${WorkerVersion} ${Worker.Arn}" } },
      },
    });
  });

  test("each part stands where it was written, in Globals too", () => {
    const { line } = translate(text);
    expect(line("Worker")).toBe(8);
    expect(line("Worker", "Properties", "Timeout")).toBe(4);
    expect(line("Worker", "Properties", "Layers")).toBe(13);
    expect(line("Worker", "Properties", "DeadLetterConfig", "TargetArn")).toBe(17);
    expect(line("WorkerAliaslive", "Properties", "ProvisionedConcurrencyConfig")).toBe(23);
    expect(line("WorkerEventInvokeConfig", "Properties", "MaximumRetryAttempts")).toBe(25);
    expect(line("WorkerRole", "Properties", "Nothing")).toBe(18);
  });
});

describe("events", () => {
  const events = (body: string) =>
    translate(`Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        In: ${body}
  Bucket: { Type: AWS::S3::Bucket }
`);

  test.each([
    [
      "{ Type: SQS, Properties: { Queue: q, BatchSize: 5 } }",
      "AWS::Lambda::EventSourceMapping",
      { EventSourceArn: "q", BatchSize: 5 },
    ],
    [
      "{ Type: DynamoDB, Properties: { Stream: s, StartingPosition: LATEST } }",
      "AWS::Lambda::EventSourceMapping",
      { EventSourceArn: "s" },
    ],
    [
      "{ Type: Kinesis, Properties: { Stream: s, DestinationConfig: {OnFailure: {Destination: d}} } }",
      "AWS::Lambda::EventSourceMapping",
      { DestinationConfig: { OnFailure: { Destination: "d" } } },
    ],
    [
      "{ Type: SNS, Properties: { Topic: t, RedrivePolicy: {deadLetterTargetArn: d} } }",
      "AWS::SNS::Subscription",
      { TopicArn: "t", Protocol: "lambda", RedrivePolicy: { deadLetterTargetArn: "d" } },
    ],
    [
      "{ Type: Schedule, Properties: { Schedule: rate(1 day), Enabled: false } }",
      "AWS::Events::Rule",
      { ScheduleExpression: "rate(1 day)", State: "DISABLED" },
    ],
    [
      "{ Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 day) } }",
      "AWS::Scheduler::Schedule",
      { ScheduleExpression: "rate(1 day)" },
    ],
    [
      "{ Type: EventBridgeRule, Properties: { Pattern: {source: [x]}, DeadLetterConfig: {Arn: d} } }",
      "AWS::Events::Rule",
      { Targets: [{ DeadLetterConfig: { Arn: "d" } }] },
    ],
    [
      "{ Type: CloudWatchLogs, Properties: { LogGroupName: l } }",
      "AWS::Logs::SubscriptionFilter",
      { LogGroupName: "l" },
    ],
  ])("%s becomes what calls the function, at its own line", (body, type, properties) => {
    const { resources, line } = events(body);
    expect(resources["FnIn"]).toMatchObject({ Type: type, Properties: properties });
    expect(line("FnIn")).toBe(7);
  });

  test("of a bucket stand in the bucket", () => {
    const { resources } = events(
      "{ Type: S3, Properties: { Bucket: !Ref Bucket, Events: ['s3:ObjectCreated:*', 'x'] } }",
    );
    expect(resources["Bucket"]?.Properties).toMatchObject({
      NotificationConfiguration: { LambdaConfigurations: [{ Event: "s3:ObjectCreated:*" }, { Event: "x" }] },
    });
  });

  test("of an API that nobody declares make it, once, with its stage and a route each", () => {
    const { types, resources } = translate(`Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: { Events: { Get: { Type: Api, Properties: { Path: /a, Method: GET } }, All: { Type: HttpApi } } }
  Two:
    Type: AWS::Serverless::Function
    Properties: { Events: { Put: { Type: Api, Properties: { Path: /a, Method: put } } } }
`);
    expect(types).toMatchObject({
      ServerlessRestApi: "AWS::ApiGateway::RestApi",
      ServerlessRestApiProdStage: "AWS::ApiGateway::Stage",
      ServerlessHttpApi: "AWS::ApiGatewayV2::Api",
      ServerlessHttpApiApiGatewayDefaultStage: "AWS::ApiGatewayV2::Stage",
    });
    expect(resources["ServerlessRestApi"]?.Properties).toMatchObject({
      Body: { paths: { "/a": { get: {}, put: {} } } },
    });
  });
});

test("APIs, tables, state machines, layers and applications become CloudFormation's", () => {
  const { types, resources } =
    translate(`Mappings: { D: { D: &name { DomainName: x.org, CertificateArn: c, Route53: { HostedZoneId: z } } } }
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, EndpointConfiguration: REGIONAL, Domain: *name } }
  Http: { Type: AWS::Serverless::HttpApi }
  Chat: { Type: AWS::Serverless::WebSocketApi, Properties: { Routes: { $connect: { FunctionArn: arn } } } }
  Table: { Type: AWS::Serverless::SimpleTable, Properties: { PrimaryKey: { Name: pk, Type: Number } } }
  Flow: { Type: AWS::Serverless::StateMachine, Properties: { Definition: { StartAt: a }, Type: EXPRESS } }
  Layer: { Type: AWS::Serverless::LayerVersion }
  Child: { Type: AWS::Serverless::Application, Properties: { Location: ./child.yaml } }
  Link: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: Flow }, Destination: { Id: Table } } }
`);
  expect(types).toMatchObject({
    Api: "AWS::ApiGateway::RestApi",
    ApiliveStage: "AWS::ApiGateway::Stage",
    RecordSetGroupApi: "AWS::Route53::RecordSetGroup",
    Http: "AWS::ApiGatewayV2::Api",
    HttpApiGatewayDefaultStage: "AWS::ApiGatewayV2::Stage",
    ChatDefaultStage: "AWS::ApiGatewayV2::Stage",
    ChatConnectRoute: "AWS::ApiGatewayV2::Route",
    Table: "AWS::DynamoDB::Table",
    Flow: "AWS::StepFunctions::StateMachine",
    Layer: "AWS::Lambda::LayerVersion",
    Child: "AWS::CloudFormation::Stack",
    LinkPolicy: "AWS::IAM::ManagedPolicy",
  });
  expect(resources["Table"]?.Properties).toMatchObject({
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk" }],
  });
  expect(resources["Child"]?.Properties).toMatchObject({ TemplateURL: "./child.yaml" });
});

test("what is not of SAM's form is passed over, and crashes nothing", () => {
  const { types } = translate(`Globals: [1]
Resources:
  A: { Type: AWS::Serverless::Function, Properties: [1] }
  B:
    Type: AWS::Serverless::Function
    Properties:
      Events: { X: 1, Y: { Type: SQS }, Z: { Type: Api, Properties: { Path: [1] } } }
      Policies: { Fn::If: [a, b, c] }
      DeadLetterQueue: 3
      EventInvokeConfig: 4
  C: 1
  D: { Type: AWS::Serverless::Nothing }
  E: { Type: AWS::Serverless::Api, Properties: { StageName: { Ref: S }, Domain: x } }
  F: { Type: AWS::Serverless::SimpleTable, Properties: null }
`);
  expect(types).toMatchObject({
    A: "AWS::Lambda::Function",
    BY: "AWS::Lambda::EventSourceMapping",
    D: "AWS::Serverless::Nothing",
  });
});
