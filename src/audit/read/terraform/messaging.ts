import { type Json, isRecord } from "../document.ts";
import { type Family, inner, made, parsed, same, sameList } from "./translation.ts";

/** Where dead letters go: a text of JSON, of which an ARN that is not known yet makes all unknown. */
const REDRIVE = made("redrive_policy", (block): Json | undefined => {
  const policy = block.json("redrive_policy");
  const isOpen = isRecord(policy) && "Holdfast::Unknown" in policy;
  return isOpen ? { deadLetterTargetArn: block.value("redrive_policy") ?? policy } : policy;
});

/** Queues, topics, streams, brokers. */
export const MESSAGING: Family = {
  translations: {
    aws_sqs_queue: {
      type: "AWS::SQS::Queue",
      properties: {
        FifoQueue: made("fifo_queue", (block) => (block.value("fifo_queue") === true ? true : undefined)),
        MessageRetentionPeriod: same("message_retention_seconds"),
        QueueName: same("name"),
        KmsMasterKeyId: same("kms_master_key_id"),
        RedriveAllowPolicy: parsed("redrive_allow_policy"),
        RedrivePolicy: REDRIVE,
        VisibilityTimeout: same("visibility_timeout_seconds"),
      },
    },
    aws_sns_topic: { type: "AWS::SNS::Topic", properties: { TopicName: same("name"), FifoTopic: same("fifo_topic") } },
    aws_sns_topic_subscription: {
      type: "AWS::SNS::Subscription",
      properties: {
        Endpoint: same("endpoint"),
        Protocol: same("protocol"),
        RedrivePolicy: REDRIVE,
        TopicArn: same("topic_arn"),
      },
    },
    aws_kinesis_stream: {
      type: "AWS::Kinesis::Stream",
      properties: {
        Name: same("name"),
        RetentionPeriodHours: same("retention_period"),
        ShardCount: same("shard_count"),
      },
    },
    aws_kinesis_stream_consumer: {
      type: "AWS::Kinesis::StreamConsumer",
      properties: { StreamARN: same("stream_arn") },
    },
    aws_msk_cluster: {
      type: "AWS::MSK::Cluster",
      properties: {
        NumberOfBrokerNodes: same("number_of_broker_nodes"),
        BrokerNodeGroupInfo: inner("broker_node_group_info", {
          ClientSubnets: sameList("client_subnets"),
          InstanceType: same("instance_type"),
        }),
      },
    },
    aws_mq_broker: {
      type: "AWS::AmazonMQ::Broker",
      properties: {
        BrokerName: same("broker_name"),
        DeploymentMode: same("deployment_mode"),
        EngineType: same("engine_type"),
        SubnetIds: sameList("subnet_ids"),
      },
    },
  },
  attachments: {
    aws_sqs_queue_redrive_policy: { of: "aws_sqs_queue", to: "queue_url", properties: { RedrivePolicy: REDRIVE } },
    aws_sqs_queue_redrive_allow_policy: {
      of: "aws_sqs_queue",
      to: "queue_url",
      properties: { RedriveAllowPolicy: parsed("redrive_allow_policy") },
    },
  },
};
