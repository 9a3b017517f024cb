/** How grave a message is; a host decides what it shows and where. */
export type Level = "progress" | "info" | "warning" | "error";

/** A message of the core. `about` names the component or drill, `text` is lower case without a full stop. */
export interface Message {
  readonly level: Level;
  readonly about?: string;
  readonly text: string;
}

/**
 * The core never prints, exits or reads the environment: it says what happens to a host. The terminal and the dashboard
 * are two.
 */
export interface Host {
  say(message: Message): void;
}

/** A host that nobody listens to. */
export const silentHost: Host = { say: () => undefined };
