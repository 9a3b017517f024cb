import { assumed, documented } from "./fact.ts";

const DOCS = "https://docs.aws.amazon.com";
const SECOND = 1_000;

const rdsTls = `${DOCS}/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html`;
const proxyTls = `${DOCS}/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html`;

/** Files with the certificates that those of databases are checked with. */
export const RDS_CA = {
  ofContainers: assumed(
    "/etc/ssl/certs/rds-global-bundle.pem",
    "text",
    rdsTls,
    "where an image has RDS's bundle, with Amazon's first root for proxies; AWS leaves the place to the image",
  ),
  ofFunctions: assumed(
    "/etc/pki/tls/certs/ca-bundle.crt",
    "text",
    proxyTls,
    "Amazon Linux's own bundle in Lambda's runtimes; a proxy's certificate is one of Certificate Manager's",
  ),
} as const;

const awslogs = `${DOCS}/AmazonECS/latest/developerguide/using_awslogs.html`;
const gracePeriod = `${DOCS}/AmazonECS/latest/developerguide/service_definition_parameters.html`;
const agentOfFaults = `${DOCS}/fis/latest/userguide/ecs-task-actions.html`;
const optimizedAmi = `${DOCS}/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html`;
const reserved = `${DOCS}/AmazonECS/latest/developerguide/memory-management.html`;

/** ECS: tasks, their logs and the instances under them. */
export const ECS_TASK = {
  /** What a container's log keeps in memory while CloudWatch does not take it; then lines are dropped, not requests. */
  logBuffer: assumed("25m", "text", awslogs, "AWS's default of 10m is a few seconds of a busy program"),
  healthGrace: assumed(
    60 * SECOND,
    "ms",
    gracePeriod,
    "AWS's own is 0: a program that starts slowly is replaced for ever",
  ),
  agentImage: documented("public.ecr.aws/amazon-ssm-agent/amazon-ssm-agent:latest", "text", agentOfFaults),
  amiX86: documented("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", "text", optimizedAmi),
  amiArm: documented(
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
    "text",
    optimizedAmi,
  ),
  /** What an instance keeps for its system, of its memory. */
  keptShare: assumed(0.15, "share", reserved, "the system, the agent and Docker; AWS gives no figure"),
} as const;

const tlsPolicies = `${DOCS}/elasticloadbalancing/latest/application/describe-ssl-policies.html`;
const networkHealth = `${DOCS}/elasticloadbalancing/latest/network/target-group-health-checks.html`;
const albIdle = `${DOCS}/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html`;
const domainNames = `${DOCS}/acm/latest/APIReference/API_RequestCertificate.html`;

/** Balancers and their certificates. */
export const BALANCER = {
  /** TLS 1.3, and 1.2 with forward secrecy. */
  tlsPolicy: documented("ELBSecurityPolicy-TLS13-1-2-2021-06", "text", tlsPolicies),
  idleTimeout: documented(60 * SECOND, "ms", albIdle),
  /** How NLB looks after its targets: AWS's own 30 seconds would send customers to a dead one for a minute. */
  tcpHealthInterval: assumed(10 * SECOND, "ms", networkHealth, "from 5 to 300 seconds"),
  tcpHealthThreshold: documented(2, "count", networkHealth, "the least"),
  /** Of the first name of a certificate. */
  commonNameLength: documented(64, "count", domainNames),
} as const;

const targetTracking = `${DOCS}/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html`;

/** Application Auto Scaling: what tasks are counted by. */
export const SCALING = {
  cpuTarget: assumed(60, "count", targetTracking, "percent; what a zone's tasks leave must fit into the others"),
  response: assumed(
    100,
    "ms",
    targetTracking,
    "how long a request is taken to last, to tell how many are under way at a peak in requests a second",
  ),
} as const;
