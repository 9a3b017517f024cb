import { isOneOf, isSet } from "../../evaluate/judge.ts";
import type { Rule } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";
import { QUEUE, isDeadLetterQueue } from "../messaging/dead-letter.ts";
import { type Sight, isWatched, unwatched } from "./metric.ts";

const BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const QUEUES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide";
const PATTERNS = "https://docs.aws.amazon.com/whitepapers/latest/advanced-multi-az-resilience-patterns";

const QUEUE_SIGHT: Sight = {
  metrics: [
    "ApproximateNumberOfMessagesVisible",
    "ApproximateAgeOfOldestMessage",
    "NumberOfMessagesSent",
    "NumberOfMessagesReceived",
    "ApproximateNumberOfMessagesNotVisible",
  ],
  name: "QueueName",
};

const BALANCER_SIGHT: Sight = {
  metrics: [
    "HTTPCode_Target_5XX_Count",
    "UnHealthyHostCount",
    "HealthyHostCount",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_ELB_502_Count",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
    "TargetResponseTime",
    "TargetConnectionErrorCount",
    "RejectedConnectionCount",
    "UnHealthyRoutingRequestCount",
    "RequestCount",
    "TCP_Target_Reset_Count",
  ],
};

const apiSight = (name?: string): Sight => ({
  metrics: ["5XXError", "5xx", "Latency", "IntegrationLatency", "Count"],
  ...(name === undefined ? {} : { name }),
});

const LAG_SIGHT: Sight = { metrics: ["ReplicaLag", "AuroraReplicaLag"], name: "DBInstanceIdentifier" };

/** Rules about what fails without anybody's being told. */
export const MISSING_ALARMS: readonly Rule[] = [
  resourceRule({
    id: "sqs-dead-letter-alarm",
    title: "nobody is told of dead letters",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: QUEUE,
    judge: (queue, model) =>
      isDeadLetterQueue(queue, model) === "yes" ? unwatched(queue, QUEUE_SIGHT, model) : undefined,
    why: "Work that could not be done lies there unseen until it is deleted.",
    fix: "add an alarm on `ApproximateNumberOfMessagesVisible` of the queue",
    source: `${QUEUES}/dead-letter-queues-alarms-cloudwatch.html`,
  }),
  resourceRule({
    id: "balancer-alarm",
    title: "nobody is told of errors behind a load balancer",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: BALANCER,
    judge: (balancer, model) =>
      isOneOf(balancer.at("Type"), ["gateway"]) === "no" ? unwatched(balancer, BALANCER_SIGHT, model) : undefined,
    why: "Customers are the first to see that targets are gone or answer with errors.",
    fix: "add alarms on `HTTPCode_Target_5XX_Count` and `UnHealthyHostCount`",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
  }),
  resourceRule({
    id: "balancer-zone-alarm",
    title: "alarms see a load balancer as a whole, and no zone of it",
    severity: "low",
    loss: "zone",
    practice: "REL11-BP01",
    type: BALANCER,
    judge: (balancer, model) => {
      const isSeen = isWatched(balancer, BALANCER_SIGHT, model);
      const isSeenByZone = isWatched(balancer, BALANCER_SIGHT, model, true);
      return isSeen === "yes" && isSeenByZone === "no"
        ? fail("no alarm has the dimension AvailabilityZone")
        : undefined;
    },
    why: "When one zone answers slowly or with errors, the average over all hides it, and nobody shifts it away.",
    fix: "add an alarm for each zone, with `AvailabilityZone` among its `Dimensions`",
    source: `${PATTERNS}/detecting-single-az-failures.html`,
  }),
  resourceRule({
    id: "api-alarm",
    title: "nobody is told of errors of an API",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"],
    judge: (api, model) =>
      unwatched(api, apiSight(api.type === "AWS::ApiGateway::RestApi" ? "Name" : undefined), model),
    why: "Customers are the first to see that it answers with errors, or no more.",
    fix: "add alarms on `5XXError` and `Latency` of the API",
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
  }),
  resourceRule({
    id: "database-replica-lag-alarm",
    title: "nobody is told that a replica falls behind",
    severity: "medium",
    loss: "sight",
    practice: "REL06-BP03",
    type: "AWS::RDS::DBInstance",
    judge: (instance, model) => {
      const isReplica = isSet(instance.at("SourceDBInstanceIdentifier"));
      return isReplica === "yes" ? unwatched(instance, LAG_SIGHT, model) : undefined;
    },
    why: "A replica that is hours behind is promoted with hours of writes missing.",
    fix: "add an alarm on `ReplicaLag` of the instance",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html",
  }),
];
