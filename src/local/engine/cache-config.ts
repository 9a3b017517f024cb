import { createHash } from "node:crypto";
import type { CacheSettings } from "../../topology/kind/cache.ts";
import type { Address } from "../address.ts";

/** The user that commands a node and replicates it. */
export const CONTROL_USER = "holdfast";

/** The control user's password, made from the programs' own, so that one secret is enough and neither is the other. */
export function controlPasswordOf(password: string): string {
  return createHash("sha256").update(`${CONTROL_USER}/${password}`).digest("hex");
}

/** What ElastiCache keeps from programs: what would reconfigure, persist, replicate or stop a node. */
const RESTRICTED =
  "acl bgrewriteaof bgsave config debug failover migrate module psync replconf replicaof save shutdown slaveof sync";

/**
 * The configuration of one node.
 *
 * - A write is refused unless `minReplicasToWrite` replicas answered within the last second. That bounds what an
 *   isolated primary acknowledges and then loses; it does not prevent it: a program that cannot lose a write says
 *   `WAIT`.
 * - A replica is served at once (`repl-diskless-sync-delay 0`): by default it waits five seconds for others.
 * - The append-only file is on, unlike ElastiCache's default, so that the data outlives a supervisor that is killed, as
 *   it outlives any control plane on AWS. A node that crashed by itself starts empty all the same: see `CacheMember`.
 */
export function cacheConf(options: {
  readonly id: string;
  readonly listen: Address;
  readonly data: string;
  readonly settings: CacheSettings;
  readonly password: string;
  /** Whom it replicates at its start; null for a primary. */
  readonly primary: Address | null;
}): string {
  const { id, listen, data, settings, password, primary } = options;
  const control = controlPasswordOf(password);
  const restricted = RESTRICTED.replaceAll(/\w+/g, "-$&");
  const lines = [
    `bind ${listen.host}`,
    `port ${listen.port}`,
    "protected-mode yes",
    "daemonize no",
    `dir ${quote(data)}`,
    "user default off", // as ElastiCache has it where there are users
    `user ${settings.user} on #${sha256(password)} ~* &* +@all ${restricted}`,
    `user ${CONTROL_USER} on #${sha256(control)} ~* &* +@all`,
    `masteruser ${CONTROL_USER}`,
    `masterauth ${quote(control)}`,
    // For `DEBUG DIGEST`, which only the control user may call.
    "enable-debug-command local",
    `min-replicas-to-write ${settings.minReplicasToWrite}`,
    "min-replicas-max-lag 1",
    "repl-ping-replica-period 1",
    "repl-timeout 5",
    "repl-diskless-sync yes",
    "repl-diskless-sync-delay 0",
    "repl-backlog-size 8mb",
    // A primary lists its replicas by address, and all of them dial through links: the name says who it is.
    `replica-announce-ip ${id}`,
    "maxmemory 128mb",
    "maxmemory-policy volatile-lru",
    'save ""',
    "appendonly yes",
    "appendfsync everysec",
    "shutdown-timeout 3",
    ...(primary === null ? [] : [`replicaof ${primary.host} ${primary.port}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
