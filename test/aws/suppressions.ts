/** A finding of cdk-nag that is right as it is, and why: in words that an auditor takes. */
export interface Suppression {
  /** The rule's id without its pack, such as `S1`, with a finding in brackets where it has one. */
  readonly rule: RegExp;
  /** Which constructs, by their path `stack/logical id`. */
  readonly where: RegExp;
  readonly reason: string;
}

/** The policies that services document for the roles that they take on. */
const DOCUMENTED = [
  "AWSDataLifecycleManagerServiceRole",
  "AWSResilienceHubAsssessmentExecutionPolicy",
  "AmazonEC2ContainerRegistryPullOnly",
  "CloudWatchAgentServerPolicy",
  "AWSLambdaENIManagementAccess",
  "AmazonEC2ContainerServiceforEC2Role",
  "AmazonEKS\\w+",
  "AmazonRDSEnhancedMonitoringRole",
  "AmazonSSMManagedInstanceCore",
];

const PERMISSIONS: readonly Suppression[] = [
  {
    rule: /^IAMNoInlinePolicy$/,
    where: /Role$/,
    reason:
      "an inline policy is made, changed and deleted with the one role that it is for, and nobody can " +
      "attach it elsewhere",
  },
  {
    rule: /^IAM5\[Resource::\*\]$/,
    where: /Role$|Policy$/,
    reason:
      "a test holds that each action on * knows no resources, or that a condition narrows it (refused/permission.ts)",
  },
  {
    rule: /^IAM5\[Resource::arn:.*:rds:.*:(cluster|db):\*\]$/,
    where: /ExperimentsRole$/,
    reason: "FIS looks at databases before it picks those with the system's tag, and changes only those that are named",
  },
  {
    rule: /^IAM5\[Resource::.*:(cluster-snapshot|snapshot|recovery-point|table\/\*\/backup\/\*|backup).*\]$/,
    where: /Restore.*Role$/,
    reason: "a runbook restores from a snapshot or recovery point that did not exist when its role was made",
  },
  {
    rule: /^IAM5\[Resource::.*:(plan\/[\w-]+:\*|log-group:.*\*|network-acl\/\*|[\w-]+\/<Cluster>\/\*)\]$/,
    where: /Role$/,
    reason:
      "AWS makes these itself and chooses their names: tasks, network ACLs, log groups, and the suffix of a plan's ARN",
  },
  {
    rule: /^IAM5\[Resource::.*:ssm:.*:(\*|managed-instance\/\*)\]$/,
    where: /(TaskRole|FaultAgentRole|ExperimentsRole)$/,
    reason:
      "a task registers itself with Systems Manager when it starts; its id is only known then, and " +
      "its role tag is checked",
  },
  {
    rule: /^IAM5\[Resource::<\w+\.Arn>\/.*\*\]$/,
    where: /Role$/,
    reason: "objects below one prefix of one bucket of the system's own",
  },
  {
    rule: /^IAM4\[Policy::.*\/AWSBackupServiceRolePolicyFor(Backup|Restores|S3Backup|S3Restore)\]$/,
    where: /(Backup|Restore)Role$/,
    reason: "AWS Backup needs a permission for each kind of resource, and AWS adds to this policy when it adds kinds",
  },
  {
    rule: new RegExp(`^IAM4\\[Policy::.*/(${DOCUMENTED.join("|")})\\]$`),
    where: /Role$/,
    reason: "the policy that the service documents for this role, and no wider than it",
  },
];

/** Objects, indexes and interfaces of things that are named: AWS has no other way to say "all of this one". */
const PARTS: readonly Suppression[] = [
  {
    rule: /^IAM5\[Resource::arn:<AWS::Partition>:(dynamodb:.*:table\/[\w-]+\/index|s3:::[\w-]+<AWS::AccountId>)\/\*\]$/,
    where: /Role$/,
    reason: "all indexes of one table, or all objects of one bucket, which the role's program or replication is for",
  },
  {
    rule: /^IAM5\[Resource::arn:<AWS::Partition>:ec2:.*:(\*|instance|volume)\/\*\]$/,
    where: /Role$/,
    reason:
      "interfaces that Lambda makes in its subnets, and instances and volumes of experiments, which " +
      "are told by their tags",
  },
];

const WATCHING: readonly Suppression[] = [
  {
    rule: /^CloudWatchAlarmAction$/,
    where: /./,
    reason:
      "the alarm feeds a composite one, a deployment, an experiment or a health check; a test holds " +
      "that something reads it",
  },
  {
    rule: /^SQS3$/,
    where: /Undelivered(Alerts)?$/,
    reason: "it is a dead-letter queue itself: of a subscription, a rule, a schedule or a function",
  },
];

const SECRETS: readonly Suppression[] = [
  {
    rule: /^(SMG4|SecretsManagerRotationEnabled)$/,
    where: /(Database|Customers|Billing|Ledger)(Master|App[AB])?Secret$/,
    reason: "its rotation schedule names the secret by its ARN in the region that serves, where the rule does not look",
  },
  {
    rule: /^(SMG4|SecretsManagerRotationEnabled)$/,
    where: /us-west-2\/(Sessions|Rates)Secret$/,
    reason:
      "a standby whose strategy keeps no caches running has nothing that a new password could be tried with; it is " +
      "rotated where the cache runs",
  },
  {
    rule: /^(SMG4|SecretsManagerRotationEnabled)$/,
    where: /OriginVerifyNextSecret$/,
    reason:
      "nobody sends it yet: the function that rotates what is sent sends this one, and gives its secret a new value",
  },
];

const STORAGE: readonly Suppression[] = [
  {
    rule: /^S3BucketReplicationEnabled$/,
    where: /(AccessLogsBucket|LogBucket|CanaryBucket|TrailBucket)$/,
    reason: "logs of one region are written in that region, and the other region writes its own",
  },
  {
    rule: /^S3BucketReplicationEnabled$/,
    where: /SiteBucket$/,
    reason: "a deployment writes the site to each region, so that neither depends on the other",
  },
  {
    rule: /^S3DefaultEncryptionKMS$/,
    where: /(AccessLogsBucket|LogBucket)$/,
    reason: "balancers and S3 itself deliver logs to buckets with keys of S3's own (SSE-S3) alone",
  },
  {
    rule: /^(S1|S3BucketLoggingEnabled)$/,
    where: /LogBucket$/,
    reason: "it is the bucket that logs go to; logging its own writes would never end",
  },
  {
    rule: /^RDSInBackupPlan$/,
    where: /Member[A-F]$/,
    reason: "Aurora keeps its data in the cluster, and the cluster is in the backup plan",
  },
  {
    rule: /^(RDSInBackupPlan|EFSInBackupPlan)$/,
    where: /(Instance|Reader|FileSystem)$/,
    reason:
      "a copy of what is backed up where it is written; restoring the copy would restore an older state of the same",
  },
  {
    rule: /^(RDS2|RDSStorageEncrypted)$/,
    where: /(Instance|Reader)$/,
    reason:
      "encrypted with the system's key; made from a snapshot or a source it has that one's " +
      "encryption, and may not say so",
  },
  {
    rule: /^(RDS11|AEC5)$/,
    where: /(Cluster|Instance|Reader|Group)$/,
    reason: "a port is no secret: only the security groups of the programs that use it reach it, and with TLS alone",
  },
  {
    rule: /^RDS14$/,
    where: /Cluster$/,
    reason: "Backtrack cannot be had in an Aurora global database; recovery to a point in time is on",
  },
  {
    rule: /^RDSLoggingEnabled\[LogExport::(audit|general)\]$/,
    where: /(Cluster|Instance|Reader)$/,
    reason:
      "the general log would copy every statement with its values, customers' data among them; errors " +
      "and slow ones are kept",
  },
  {
    rule: /^S3BucketReplicationEnabled$/,
    where: /(CopyBucket|ScratchBucket|LabelsBucket)$/,
    reason:
      "the copy itself, the region whose objects come from the other one, or a bucket that the " +
      "definition says not to copy",
  },
  {
    rule: /^AEC6$/,
    where: /(Sessions|Rates)Group$/,
    reason:
      "programs log in as users of a group (UserGroupIds), each with a password that rotates, and nobody without a " +
      "name; ElastiCache takes no AUTH token beside them, which is all that the rule knows",
  },
  {
    rule: /^ElastiCacheRedisClusterAutomaticBackup$/,
    where: /(Sessions|Rates)Group$/,
    reason: "a cache can be filled again from what it caches; days of snapshots are for looking into a failure",
  },
];

const DELETION: readonly Suppression[] = [
  {
    rule: /^(ELBDeletionProtectionEnabled|RDS10|RDSInstanceDeletionProtectionEnabled)$/,
    where: /(Balancer|Cluster|Instance|Reader)$/,
    reason:
      "it is protected by a parameter whose default is true, which the rules cannot see (property-checks.ts does); " +
      "a deployment switches it off while the resource is made or goes",
  },
];

const ROUTES: readonly Suppression[] = [
  {
    rule: /^VPCNoUnrestrictedRouteToIGW$/,
    where: /PublicRoute[A-F]$/,
    reason: "public subnets hold balancers and NAT gateways alone, which are there to reach the internet",
  },
  {
    rule: /^(EC23|ALBWAFEnabled)$/,
    where: /(Api|Quotes|Office|Scans)Balancer(SecurityGroup)?$/,
    reason:
      "Route 53's checkers come from anywhere; all else must have the edge's secret header, and the " +
      "firewall is at the edge",
  },
  {
    rule: /^ALBWAFEnabled$/,
    where: /InternalBalancer$/,
    reason: "no address of it is public: only programs of the system reach it",
  },
  {
    rule: /^ELBv2ACMCertificateRequired$/,
    where: /ScansListener$/,
    reason: "TCP is passed on as it comes: what is in it, and its encryption, are the program's own",
  },
  {
    rule: /^APIG4$/,
    where: /PartnersRoute/,
    reason: "the programs behind the API decide who may do what, as they do behind a balancer",
  },
  {
    rule: /^AS3$/,
    where: /Group$/,
    reason: "alarms tell of tasks that are missing; a message for every instance that comes or goes is read by nobody",
  },
  {
    rule: /^(LambdaConcurrency|LambdaDLQ)$/,
    where: /(Print|Report|Thanks|Track)Function$/,
    reason:
      "what fails goes to a queue by its on-failure destination; concurrency is reserved where the " +
      "definition asks for it",
  },
  {
    rule: /^CFR3$/,
    where: /EdgeDistribution$/,
    reason:
      "access logs are delivered by CloudWatch's log delivery (AWS::Logs::Delivery), which the rule does not know",
  },
  {
    rule: /^ECS2$/,
    where: /Task$/,
    reason: "plain variables are addresses and names; passwords are injected from Secrets Manager",
  },
  {
    rule: /^(LambdaConcurrency|LambdaDLQ|LambdaInsideVPC)$/,
    where: /(RotationFunction|ActivateTraffic|DeactivateTraffic)$/,
    reason:
      "Secrets Manager and Region switch wait for the answer, tell of a failure and try again; they " +
      "call it once at a time",
  },
];

/** Each must be used: one that suppresses nothing fails the test. */
export const SUPPRESSIONS: readonly Suppression[] = [
  ...PERMISSIONS,
  ...PARTS,
  ...WATCHING,
  ...SECRETS,
  ...STORAGE,
  ...DELETION,
  ...ROUTES,
];
