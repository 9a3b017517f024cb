import { derived } from "../../model/derived.ts";
import { type Model, SET_UP } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { groupsOfService } from "../../model/standing/compute.ts";
import { type NeedsOf, type ResourceNeed, anyOf, each, namedAt, oneOf } from "./need.ts";

/** What programs wait for. */
const STORE = anyOf(
  "RDS::(DBInstance|DBCluster|DBProxy|DBProxyEndpoint)",
  "(DocDB|Neptune)::DBCluster",
  "ElastiCache::(ReplicationGroup|CacheCluster|ServerlessCache)",
  "(MemoryDB|DAX|Redshift|MSK)::Cluster",
  "DynamoDB::(Table|GlobalTable)",
  "S3::Bucket",
  "SQS::Queue",
  "SNS::Topic",
  "Events::EventBus",
  "Kinesis::Stream",
  "KinesisFirehose::DeliveryStream",
  "StepFunctions::StateMachine",
  "(OpenSearchService|Elasticsearch)::Domain",
  "AmazonMQ::Broker",
  "EFS::(FileSystem|AccessPoint)",
  "FSx::FileSystem",
  "Lambda::(Function|Alias|Url)",
  "EC2::Instance",
);

/** What programs are told of and need not wait for: the address that they are reached at, where users sign in. */
const DOOR = anyOf(
  "ElasticLoadBalancing(V2)?::LoadBalancer",
  "ApiGateway::RestApi",
  "ApiGatewayV2::Api",
  "Cognito::UserPool",
);

const LAUNCHES = anyOf("EC2::LaunchTemplate", "AutoScaling::LaunchConfiguration");

const SECRET = anyOf("SecretsManager::(Secret|SecretTargetAttachment)");

/** What resources name where their programs see it: environment, user data, set-up, mounts. */
const SEEN_BY_PROGRAMS = new RegExp(
  [
    "(^|\\.)(Environment|EnvironmentVariables|UserData|Volumes|FileSystemConfigs)(\\.|$)",
    "(^|\\.)Definition(String|Substitutions)?(\\.|$)",
    `^${SET_UP}`,
  ].join("|"),
);

/** The databases whose credentials a secret holds: who reads the secret talks to them. */
const databasesOfSecrets = derived((model) => {
  const databases = new Map<string, Resource>();
  for (const attachment of model.of("AWS::SecretsManager::SecretTargetAttachment")) {
    const database = model.target(attachment.at("TargetId"));
    if (database === undefined) continue;
    databases.set(attachment.key, database);
    const secret = model.target(attachment.at("SecretId"));
    if (secret !== undefined) databases.set(secret.key, database);
  }
  return databases;
});

/** What a program is told of: what it is given by name is needed; so is the database that a secret of it is for. */
function programNeeds(resource: Resource, model: Model): readonly ResourceNeed[] {
  const named = namedAt(resource, model, { path: SEEN_BY_PROGRAMS, type: STORE });
  const doors = namedAt(resource, model, { path: SEEN_BY_PROGRAMS, type: DOOR });
  const secrets = namedAt(resource, model, { path: /(^|\.)(Environment|Secrets|UserData)(\.|$)/, type: SECRET });
  const databases = secrets.flatMap((secret) => databasesOfSecrets(model).get(secret.key) ?? []);
  const all = [...named, ...databases].filter((need) => need !== resource);
  return [...each(all.filter((need) => !isLoaded(need, resource))), ...each([...doors, ...all], false)];
}

/** A bucket that a machine names is what it is set up from: what runs has read it. */
function isLoaded(need: Resource, by: Resource): boolean {
  return need.type === "AWS::S3::Bucket" && !/^AWS::(Lambda|ECS)::/.test(by.type);
}

/** What the roles of a program may use: weaker than a name in its environment, so it is only likely. */
function grantedNeeds(roles: readonly Resource[], model: Model): readonly ResourceNeed[] {
  const inline = roles.flatMap((role) => namedAt(role, model, { path: /^Policies\./, type: STORE }));
  const policies = roles.flatMap((role) =>
    model.mentionsOf(role, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy").map(({ from }) => from),
  );
  const attached = policies.flatMap((policy) => namedAt(policy, model, { path: /^PolicyDocument\./, type: STORE }));
  return each([...inline, ...attached], false);
}

function rolesAt(resource: Resource, model: Model, ...paths: readonly string[]): readonly Resource[] {
  return paths.flatMap((path) => model.targets(resource.at(path))).filter(({ type }) => type === "AWS::IAM::Role");
}

function lambda(resource: Resource, model: Model): readonly ResourceNeed[] {
  const sources = model
    .mentionsOf(resource, "AWS::Lambda::EventSourceMapping")
    .flatMap(({ from }) => model.targets(from.at("EventSourceArn")));
  return [
    ...programNeeds(resource, model),
    ...grantedNeeds(rolesAt(resource, model, "Role"), model),
    ...oneOf(sources, false), // without its source it has nothing to do, unless something else calls it too
  ];
}

function service(resource: Resource, model: Model): readonly ResourceNeed[] {
  const definition = model.target(resource.at("TaskDefinition"));
  const needs =
    definition === undefined
      ? []
      : [...programNeeds(definition, model), ...grantedNeeds(rolesAt(definition, model, "TaskRoleArn"), model)];
  return [...oneOf(groupsOfService(resource, model)), ...needs];
}

/** What an instance's program is told of, by itself or by the template that it is launched from. */
function launched(resource: Resource, model: Model): readonly ResourceNeed[] {
  const templates = namedAt(resource, model, { path: /./, type: LAUNCHES });
  const described = [resource, ...templates];
  const volumes = model
    .mentionsOf(resource, "AWS::EC2::VolumeAttachment")
    .flatMap(({ from }) => model.targets(from.at("VolumeId")));
  const profiles = described.flatMap((one) =>
    namedAt(one, model, { path: /IamInstanceProfile/, type: anyOf("IAM::InstanceProfile") }),
  );
  const roles = profiles.flatMap((profile) => rolesAt(profile, model, "Roles"));
  return [...described.flatMap((one) => programNeeds(one, model)), ...each(volumes), ...grantedNeeds(roles, model)];
}

/** What runs programs. */
export const COMPUTE: Readonly<Record<string, NeedsOf>> = {
  "AWS::Lambda::Function": lambda,
  "AWS::Lambda::Alias": (alias, model) => oneOf(model.targets(alias.at("FunctionName"))),
  "AWS::ECS::Service": service,
  "AWS::AutoScaling::AutoScalingGroup": launched,
  "AWS::EC2::Instance": launched,
  "AWS::StepFunctions::StateMachine": (machine, model) =>
    each(namedAt(machine, model, { path: /^Definition/, type: STORE })),
};
