import { answerOf, some } from "../../../base/answer.ts";
import { elementsOf, isSet } from "../../evaluate/judge.ts";
import { derived } from "../../model/derived.ts";

/** Types that exist to join copies of several regions. */
const JOINTS = ["AWS::RDS::GlobalCluster", "AWS::DocDB::GlobalCluster", "AWS::ElastiCache::GlobalReplicationGroup"];

/** What joins such a one, and the property that says so; or replicates by itself. */
const JOINING: Readonly<Record<string, string>> = {
  "AWS::RDS::DBCluster": "GlobalClusterIdentifier",
  "AWS::DocDB::DBCluster": "GlobalClusterIdentifier",
  "AWS::ElastiCache::ReplicationGroup": "GlobalReplicationGroupId",
  "AWS::S3::Bucket": "ReplicationConfiguration",
};

/** Whether anything in the files replicates data to another region: global databases and tables, buckets, caches. */
export const isReplicatedAbroad = derived((model) =>
  some([
    answerOf(model.of(...JOINTS).length > 0),
    ...Object.entries(JOINING).flatMap(([type, property]) => model.of(type).map((each) => isSet(each.at(property)))),
    ...model
      .of("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
      .map((table) => answerOf(elementsOf(table.at("Replicas")).elements.length > 1)),
  ]),
);
