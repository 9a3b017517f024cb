import { KINESIS, MSK } from "../../../facts/messaging.ts";
import { not } from "../../../base/answer.ts";
import { isNumber, isOneOf } from "../../evaluate/judge.ts";
import { hasZones, zonesOf } from "../../model/zone.ts";
import type { Rule } from "../rule.ts";
import { propertyRule } from "../table.ts";

const HOUR = 60 * 60 * 1_000;

/** Rules about Kinesis, MSK and Amazon MQ. */
export const BROKERS: readonly Rule[] = [
  propertyRule({
    id: "kinesis-retention",
    title: "a stream keeps records for a day",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP01",
    type: "AWS::Kinesis::Stream",
    property: "RetentionPeriodHours",
    holds: (value) => {
      const day = KINESIS.retention.value / HOUR;
      return isNumber(value ?? day, (hours) => hours > day);
    },
    message: (hours) => `keeps records for a day: RetentionPeriodHours is ${hours}`,
    why: "When a consumer is down over a weekend, or has to read again what it spoilt, the records are gone.",
    fix: "set `RetentionPeriodHours` to 72 or more",
    source: "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
  }),
  propertyRule({
    id: "msk-zones",
    title: "a Kafka cluster stands in fewer than three zones",
    severity: "medium",
    loss: "zone",
    practice: "REL10-BP01",
    type: "AWS::MSK::Cluster",
    property: "BrokerNodeGroupInfo.ClientSubnets",
    holds: (value, _, model) => hasZones(zonesOf(value, model), MSK.zones.value),
    message: (subnets) => `stands in fewer than three zones: ClientSubnets is ${subnets}`,
    why: "With one zone of two half of the brokers are gone, and topics that ask for two replicas take no writes.",
    fix: "set `ClientSubnets` to subnets in three zones",
    source: "https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html",
  }),
  propertyRule({
    id: "mq-deployment-mode",
    title: "a message broker is a single instance",
    severity: "high",
    loss: "instance",
    practice: "REL10-BP01",
    type: "AWS::AmazonMQ::Broker",
    property: "DeploymentMode",
    holds: (value) => not(isOneOf(value, ["SINGLE_INSTANCE"])),
    message: (mode) => `has nothing to fail over to: DeploymentMode is ${mode}`,
    why: "When the instance, its zone or its maintenance takes it away, nothing can be sent or received.",
    fix: "set `DeploymentMode` to ACTIVE_STANDBY_MULTI_AZ, or for RabbitMQ to CLUSTER_MULTI_AZ",
    source: "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html",
  }),
];
