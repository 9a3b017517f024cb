import type { TopicDefinition } from "../../definition/topic.ts";

export interface TopicSettings {
  /** Queues and functions that each get every message. */
  readonly subscribers: readonly string[];
}

/** What a definition says of a topic. */
export function topicSettings({ subscribers }: TopicDefinition): TopicSettings {
  return { subscribers };
}
