import { API_GATEWAY } from "./balancing/api-gateway.ts";
import { CLASSIC_BALANCER } from "./balancing/classic-balancer.ts";
import { LOAD_BALANCER } from "./balancing/load-balancer.ts";
import { TARGET_GROUP_RULES } from "./balancing/target-group.ts";
import { AUTO_SCALING } from "./compute/auto-scaling.ts";
import { BACKLOG } from "./compute/backlog.ts";
import { BEANSTALK } from "./compute/beanstalk.ts";
import { EC2 } from "./compute/ec2.ts";
import { ECS_DEPLOYMENT } from "./compute/ecs-deployment.ts";
import { ECS } from "./compute/ecs.ts";
import { EKS } from "./compute/eks.ts";
import { LAMBDA_SOURCE } from "./compute/lambda-source.ts";
import { LAMBDA } from "./compute/lambda.ts";
import { SPOT } from "./compute/spot.ts";
import { AURORA } from "./data/aurora.ts";
import { DAX } from "./data/dax.ts";
import { DOCDB, NEPTUNE } from "./data/docdb-neptune.ts";
import { DYNAMODB } from "./data/dynamodb.ts";
import { EBS } from "./data/ebs.ts";
import { EFS } from "./data/efs.ts";
import { ELASTICACHE } from "./data/elasticache.ts";
import { FSX } from "./data/fsx.ts";
import { KEYSPACES } from "./data/keyspaces.ts";
import { KMS } from "./data/kms.ts";
import { MEMORYDB } from "./data/memorydb.ts";
import { OPENSEARCH } from "./data/opensearch.ts";
import { RDS } from "./data/rds.ts";
import { REDSHIFT } from "./data/redshift.ts";
import { S3 } from "./data/s3.ts";
import { LAUNCH_CONFIGURATION } from "./deprecation/launch-configuration.ts";
import { OPSWORKS } from "./deprecation/opsworks.ts";
import { BACKUP } from "./recovery/backup.ts";
import { OBJECTIVE } from "./recovery/objective.ts";
import { RETENTION } from "./recovery/retention.ts";
import { CLOUDFRONT_RULES } from "./edge/cloudfront.ts";
import { CONTROL_PLANE } from "./edge/control-plane.ts";
import { GLOBAL_ACCELERATOR } from "./edge/global-accelerator.ts";
import { HEALTH_CHECKS } from "./edge/health-check.ts";
import { RECOVERY_CONTROL } from "./edge/recovery-control.ts";
import { RECORDS } from "./edge/route53.ts";
import { SHIELD } from "./edge/shield.ts";
import { WAF_RULES } from "./edge/waf.ts";
import { BROKERS } from "./messaging/broker.ts";
import { EVENTBRIDGE_RULES } from "./messaging/eventbridge.ts";
import { SNS_RULES } from "./messaging/sns.ts";
import { SQS_RULES } from "./messaging/sqs.ts";
import { STEP_FUNCTIONS } from "./messaging/step-functions.ts";
import { LINKS } from "./network/link.ts";
import { SUBNETS } from "./network/subnet.ts";
import { REACH } from "./reach/reach.ts";
import type { Rule } from "./rule.ts";
import { ALARMS } from "./watch/alarm.ts";
import { CANARIES } from "./watch/canary.ts";
import { EXPERIMENTS } from "./watch/experiment.ts";
import { MISSING_ALARMS } from "./watch/missing-alarm.ts";
import { TOKEN_SERVICE } from "./watch/token-service.ts";

/** Every rule, in the order of the reference. */
export const RULES: readonly Rule[] = [
  ...AUTO_SCALING,
  ...SPOT,
  ...LAUNCH_CONFIGURATION,
  ...EC2,
  ...ECS,
  ...ECS_DEPLOYMENT,
  ...BACKLOG,
  ...EKS,
  ...LAMBDA,
  ...LAMBDA_SOURCE,
  ...BEANSTALK,
  ...LOAD_BALANCER,
  ...TARGET_GROUP_RULES,
  ...CLASSIC_BALANCER,
  ...API_GATEWAY,
  ...RDS,
  ...AURORA,
  ...DYNAMODB,
  ...DAX,
  ...ELASTICACHE,
  ...MEMORYDB,
  ...S3,
  ...EFS,
  ...FSX,
  ...EBS,
  ...OPENSEARCH,
  ...DOCDB,
  ...NEPTUNE,
  ...REDSHIFT,
  ...KEYSPACES,
  ...KMS,
  ...BACKUP,
  ...OBJECTIVE,
  ...RETENTION,
  ...OPSWORKS,
  ...REACH,
  ...CLOUDFRONT_RULES,
  ...RECORDS,
  ...HEALTH_CHECKS,
  ...GLOBAL_ACCELERATOR,
  ...WAF_RULES,
  ...SHIELD,
  ...RECOVERY_CONTROL,
  ...CONTROL_PLANE,
  ...SQS_RULES,
  ...SNS_RULES,
  ...EVENTBRIDGE_RULES,
  ...BROKERS,
  ...STEP_FUNCTIONS,
  ...SUBNETS,
  ...LINKS,
  ...ALARMS,
  ...MISSING_ALARMS,
  ...CANARIES,
  ...EXPERIMENTS,
  ...TOKEN_SERVICE,
];
