/**
 * The seven questions of the checklist for high availability and fault tolerance, answered for the files that are
 * audited, with the resources that show it. Of a "no" these are what is missing or wrong, of a "yes" what makes it so.
 */
import { type Answer, answerOf, every, some } from "../base/answer.ts";
import { type ChecklistAnswer, type Finding, isAsGrave } from "../base/audit-document.ts";
import { hasElement, isSet, isTrue } from "./evaluate/judge.ts";
import type { Model } from "./model/model.ts";
import type { Resource } from "./model/resource.ts";
import { isByProduct } from "./rule/data/bucket-role.ts";

type Verdict = Omit<ChecklistAnswer, "item">;

/** What is asked, and how the files answer it. */
interface Question {
  readonly item: string;
  readonly answer: (model: Model, findings: readonly Finding[]) => Verdict;
}

const COMPUTE = [
  "AWS::AutoScaling::AutoScalingGroup",
  "AWS::EC2::Instance",
  "AWS::ECS::Service",
  "AWS::EKS::Nodegroup",
  "AWS::ElasticBeanstalk::Environment",
];

/** What AWS itself keeps in several zones and scales. */
const SERVERLESS = ["AWS::Lambda::Function", "AWS::AppRunner::Service", "AWS::Batch::ComputeEnvironment"];

const DATABASES = [
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::DocDB::DBCluster",
  "AWS::Neptune::DBCluster",
  "AWS::Redshift::Cluster",
  "AWS::MemoryDB::Cluster",
  "AWS::ElastiCache::ReplicationGroup",
  "AWS::ElastiCache::CacheCluster",
  "AWS::OpenSearchService::Domain",
  "AWS::Elasticsearch::Domain",
  "AWS::DAX::Cluster",
];

const REGIONAL_STORES = [
  "AWS::S3::Bucket",
  "AWS::EFS::FileSystem",
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
];

const BALANCERS = [
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::ElasticLoadBalancing::LoadBalancer",
  "AWS::VpcLattice::Service",
];

const ENTRIES = [
  ...BALANCERS,
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGatewayV2::Api",
  "AWS::CloudFront::Distribution",
  "AWS::AppSync::GraphQLApi",
];

const BACKUP_RULES = [
  "rds-backup-off",
  "rds-cluster-backup-retention",
  "rds-backup-retention",
  "dynamodb-pitr",
  "efs-backup",
  "fsx-backup",
  "ebs-snapshots",
  "docdb-backup-retention",
  "neptune-backup-retention",
  "redshift-snapshots",
  "memorydb-snapshots",
  "keyspaces-pitr",
  "s3-versioning",
  "backup-plan-empty",
];

const QUESTIONS: readonly Question[] = [
  { item: "multi-AZ compute and databases", answer: isMultiZone },
  { item: "critical data in S3, EFS or DynamoDB", answer: isStoredRegionally },
  { item: "load balancers and auto-scaling for scaling and failover", answer: isBalancedAndScaled },
  { item: "monitoring, alerting and automated remediation", answer: isWatched },
  { item: "backups and tested disaster recovery", answer: isBackedUpAndTested },
  { item: "Route 53 for DNS-level redundancy", answer: isRedundantByDns },
  { item: "stateless services", answer: isStateless },
];

/** The checklist of the audited files; `findings` are all that were found in them, before a baseline takes any out. */
export function checklistOf(model: Model, findings: readonly Finding[]): readonly ChecklistAnswer[] {
  return QUESTIONS.map(({ item, answer }) => ({ item, ...answer(model, findings) }));
}

function verdict(answer: ChecklistAnswer["answer"], evidence: readonly (Resource | Finding)[] = []): Verdict {
  const ids = evidence.map((each) => ("resource" in each ? each.resource : each.id));
  return { answer, evidence: [...new Set(ids)] };
}

/** No where any finding fails, unknown where any cannot be judged, else yes by what there is. */
function byFindings(findings: readonly Finding[], good: readonly Resource[]): Verdict {
  const failed = findings.filter(({ outcome }) => outcome === "fail");
  if (failed.length > 0) return verdict("no", failed);
  return findings.length > 0 ? verdict("unknown", findings) : verdict("yes", good);
}

/** One zone or one instance: either way a zone's loss takes it. */
function isMultiZone(model: Model, findings: readonly Finding[]): Verdict {
  const meant = model.of(...COMPUTE, ...DATABASES, ...SERVERLESS);
  if (meant.length === 0) return verdict("not-applicable");
  const types = new Set([...COMPUTE, ...DATABASES, ...SERVERLESS, "AWS::EC2::Subnet"]);
  const zonal = findings.filter(
    ({ loss, severity, type }) =>
      (loss === "zone" || loss === "instance") && isAsGrave(severity, "high") && types.has(type),
  );
  return byFindings(zonal, meant);
}

/**
 * Files on volumes and in one zone are what the question warns of; whether a database's data is meant, nothing says.
 */
function isStoredRegionally(model: Model): Verdict {
  const zonal = [
    ...model.of("AWS::EC2::Volume"),
    ...model.of("AWS::EFS::FileSystem").filter((each) => isSet(each.at("AvailabilityZoneName")) === "yes"),
  ];
  if (zonal.length > 0) return verdict("no", zonal);
  const stores = model
    .of(...REGIONAL_STORES)
    .filter((store) => store.type !== "AWS::S3::Bucket" || !isByProduct(store, model));
  if (stores.length > 0) return verdict("yes", stores);
  const others = model.of(...DATABASES, "AWS::FSx::FileSystem");
  return others.length > 0 ? verdict("unknown", others) : verdict("not-applicable");
}

function isBalancedAndScaled(model: Model, findings: readonly Finding[]): Verdict {
  const servers = model.of(...COMPUTE);
  const functions = model.of(...SERVERLESS);
  if (servers.length === 0) return functions.length > 0 ? verdict("yes", functions) : verdict("not-applicable");
  const rules = [
    "ecs-scaling",
    "asg-scaling-policy",
    "asg-singleton",
    "ec2-lone-instance",
    "beanstalk-single-instance",
  ];
  const fixed = findings.filter(({ rule }) => rules.includes(rule));
  const balancers = model.of(...BALANCERS, "AWS::ElasticLoadBalancingV2::TargetGroup");
  if (fixed.length > 0) return byFindings(fixed, servers);
  if (balancers.length > 0) return verdict("yes", [...balancers, ...servers]);
  const consumers = servers.some((each) => hasElement(each.at("LoadBalancers")) === "unknown");
  return verdict(consumers ? "unknown" : "no", servers);
}

/** Alarms that tell somebody, or do something. What watches from another stack is not seen. */
function isWatched(model: Model): Verdict {
  const meant = model.of(...COMPUTE, ...DATABASES, ...SERVERLESS, ...ENTRIES, ...REGIONAL_STORES);
  if (meant.length === 0) return verdict("not-applicable");
  const alarms = model.of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm");
  const acts = alarms.filter((alarm) => hasElement(alarm.at("AlarmActions")) === "yes");
  if (acts.length > 0) return verdict("yes", acts);
  const may = alarms.filter((alarm) => hasElement(alarm.at("AlarmActions")) === "unknown");
  return may.length > 0 ? verdict("unknown", may) : verdict("no", alarms);
}

function isBackedUpAndTested(model: Model, findings: readonly Finding[]): Verdict {
  const stateful = model.of(...DATABASES, ...REGIONAL_STORES, "AWS::FSx::FileSystem", "AWS::EC2::Volume");
  if (stateful.length === 0) return verdict("not-applicable");
  const missing = findings.filter(({ rule }) => BACKUP_RULES.includes(rule));
  if (missing.length > 0) return byFindings(missing, stateful);
  const tests = model.of(
    "AWS::Backup::RestoreTestingPlan",
    "AWS::FIS::ExperimentTemplate",
    "AWS::ARCRegionSwitch::Plan",
    "AWS::ResilienceHub::App",
  );
  // Backups can be seen; that somebody tries to restore them only where a plan does.
  return tests.length > 0 ? verdict("yes", tests) : verdict("unknown", stateful);
}

function isRedundantByDns(model: Model): Verdict {
  const records = [
    ...model.of("AWS::Route53::RecordSet"),
    ...model.of("AWS::Route53::RecordSetGroup", "AWS::ARCRegionSwitch::Plan"),
  ];
  const entries = model.of(...ENTRIES);
  if (records.length === 0) return entries.length > 0 ? verdict("unknown", entries) : verdict("not-applicable");
  const answers = records.map((record) => ({ record, answer: failsOver(record) }));
  const answer = some(answers.map((each) => each.answer));
  return verdict(
    answer,
    answers.filter((each) => each.answer === answer).map(({ record }) => record),
  );
}

/** A record that is one of several, and is left out when it is not healthy. */
function failsOver(record: Resource): Answer {
  if (record.type !== "AWS::Route53::RecordSet") {
    const text = JSON.stringify(record.properties);
    return record.type === "AWS::ARCRegionSwitch::Plan" ? "yes" : answerOf(/"(Failover|HealthCheckId)":/.test(text));
  }
  const oneOfSeveral = some(
    [
      "Failover",
      "Weight",
      "Region",
      "GeoLocation",
      "GeoProximityLocation",
      "MultiValueAnswer",
      "CidrRoutingConfig",
    ].map((property) => isSet(record.at(property))),
  );
  const watched = some([isSet(record.at("HealthCheckId")), isTrue(record.at("AliasTarget.EvaluateTargetHealth"))]);
  return every([oneOfSeveral, watched]);
}

/** Signs of state in what serves: sticky sessions, volumes and files of an instance's own. */
function isStateless(model: Model, findings: readonly Finding[]): Verdict {
  const services = model.of(...COMPUTE, ...SERVERLESS);
  if (services.length === 0) return verdict("not-applicable");
  const rules = ["target-group-stickiness", "asg-zonal-volume"];
  const signs = findings.filter(({ rule }) => rules.includes(rule));
  const attached = model.of("AWS::EC2::VolumeAttachment");
  const volumes = model
    .of("AWS::ECS::TaskDefinition")
    .filter((task) => isSet(task.at("Volumes.0.Host.SourcePath")) === "yes");
  if (attached.length + volumes.length > 0) return verdict("no", [...attached, ...volumes]);
  return byFindings(signs, services);
}
