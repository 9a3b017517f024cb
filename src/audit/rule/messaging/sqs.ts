import { SQS } from "../../../facts/timing.ts";
import { type Answer, every, not, some } from "../../../base/answer.ts";
import { isNumber, isSet, isTrue, judge, numberOf } from "../../evaluate/judge.ts";
import { type Value, partOf, shown } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { judged, resourceRule } from "../table.ts";
import { QUEUE, isDeadLetterQueue, redrivePolicyOf, sourcesOf } from "./dead-letter.ts";

const GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide";
const SECOND = 1_000;

const retentionOf = (queue: Resource): Value => queue.at("MessageRetentionPeriod") ?? SQS.retention.value / SECOND;

/** Whether both are numbers, the first at most the second. */
function isAtMost(one: Value, other: Value): Answer {
  return judge(one, (left) => isNumber(other, (right) => (numberOf(left) ?? Infinity) <= right));
}

function lacksDeadLetters(queue: Resource, model: Model): Verdict {
  const at = "RedrivePolicy";
  const value = queue.at(at);
  const isOne = isDeadLetterQueue(queue, model);
  const elsewhere = { needs: "whether a queue of another stack names it as its dead-letter queue" };
  return judged(every([not(isSet(value)), not(isOne)]), "has no dead-letter queue: RedrivePolicy is not set", {
    at,
    value,
    ...(isSet(value) === "no" && isOne === "unknown" ? elsewhere : {}),
  });
}

function keepsNoLonger(queue: Resource, model: Model): Verdict {
  const kept = retentionOf(queue);
  const longest = isNumber(kept, (seconds) => seconds >= SQS.retention.max / SECOND);
  for (const source of sourcesOf(model).get(queue.key) ?? []) {
    const wrong = every([isAtMost(kept, retentionOf(source)), not(longest), not(isTrue(source.at("FifoQueue")))]);
    const message = `keeps dead letters for ${shown(kept)} s, no longer than ${source.id} keeps messages before`;
    const found = judged(wrong, message, { at: "MessageRetentionPeriod", value: queue.at("MessageRetentionPeriod") });
    if (found !== undefined) return found;
  }
  return undefined;
}

function givesUpBadly(queue: Resource): Verdict {
  const value = partOf(redrivePolicyOf(queue), "maxReceiveCount");
  const wrong = isNumber(value, (times) => times <= 1 || times > SQS.maxReceives.max);
  return judged(wrong, `gives up after ${shown(value)} receives`, { at: "RedrivePolicy", value });
}

function differsInKind(queue: Resource, model: Model): Verdict {
  const own = isTrue(queue.at("FifoQueue"));
  for (const source of sourcesOf(model).get(queue.key) ?? []) {
    const other = isTrue(source.at("FifoQueue"));
    const differs = some([every([own, not(other)]), every([not(own), other])]);
    const kind = other === "yes" ? "a FIFO queue" : "a standard queue";
    const message = `is the dead-letter queue of ${source.id}, ${kind}: FifoQueue is ${shown(queue.at("FifoQueue"))}`;
    const found = judged(differs, message, { at: "FifoQueue", value: queue.at("FifoQueue") });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rules about SQS. */
export const SQS_RULES: readonly Rule[] = [
  resourceRule({
    id: "sqs-dead-letter-queue",
    title: "a queue has no dead-letter queue",
    severity: "medium",
    loss: "data",
    practice: "REL05-BP04",
    type: QUEUE,
    judge: lacksDeadLetters,
    why: "A message that cannot be processed is tried again and again, holds up others, and is deleted in the end.",
    fix: "set `RedrivePolicy` with `deadLetterTargetArn` and `maxReceiveCount`",
    source: `${GUIDE}/sqs-dead-letter-queues.html`,
  }),
  resourceRule({
    id: "sqs-dead-letter-retention",
    title: "a dead-letter queue keeps messages no longer than its source",
    severity: "low",
    loss: "data",
    practice: "REL05-BP04",
    type: QUEUE,
    judge: keepsNoLonger,
    why: "A message keeps the time of its first queue: one that was tried for days is deleted before it is seen.",
    fix: "set `MessageRetentionPeriod` of the dead-letter queue to 1209600",
    source: `${GUIDE}/setting-up-dead-letter-queue-retention.html`,
  }),
  resourceRule({
    id: "sqs-receive-count",
    title: "a queue gives up after one receive, or never",
    severity: "medium",
    loss: "instance",
    practice: "REL05-BP03",
    type: QUEUE,
    judge: givesUpBadly,
    why: "After one, the crash of a consumer sets good messages aside; after very many, poison never is.",
    fix: "set `maxReceiveCount` to 3 or more, and to a few times what a restart takes",
    source: `${GUIDE}/sqs-dead-letter-queues.html`,
  }),
  resourceRule({
    id: "sqs-dead-letter-kind",
    title: "a dead-letter queue is of another kind than its source",
    severity: "medium",
    loss: "change",
    practice: "REL05-BP04",
    type: QUEUE,
    judge: differsInKind,
    why: "SQS refuses it: a FIFO queue takes a FIFO queue for its dead letters, a standard queue a standard one.",
    fix: "set `FifoQueue` of both to the same",
    source: `${GUIDE}/sqs-configure-dead-letter-queue.html`,
  }),
];
