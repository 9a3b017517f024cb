import type { Problem } from "../base/error.ts";
import type { Duration, Size } from "../base/units.ts";
import { BACKUP } from "../facts/serverless.ts";
import { STORAGE } from "../facts/size.ts";
import { DATABASE } from "../facts/timing.ts";
import type { Context } from "./context.ts";
import { checkTimeout, withTimeout } from "./patience.ts";
import {
  type Read,
  days,
  duration,
  group,
  mapped,
  oneOf,
  optional,
  orNull,
  shape,
  storage,
  text,
  whole,
} from "./schema.ts";
import { problem, show } from "./wording.ts";

/**
 * A PostgreSQL or MySQL database with a member in every zone, one of which takes writes; another one is promoted when
 * that is lost.
 *
 * @example
 * database: { engine: "aurora-postgresql" }
 */
export interface Database {
  /**
   * Aurora keeps six copies over three zones; the plain engines are RDS Multi-AZ, with synchronous standbys.
   * @default "aurora-postgresql"
   */
  readonly engine?: "aurora-postgresql" | "aurora-mysql" | "postgresql" | "mysql";
  /**
   * `cluster`: its address follows a failover after the DNS TTL, as Aurora's cluster endpoint does.
   * `proxy`: it follows at once, and an RDS Proxy is shipped. @default "cluster"
   */
  readonly endpoint?: "cluster" | "proxy";
  /** How long clients keep the address of the writer, from 1 to 60 seconds. @default "5 seconds" */
  readonly endpointTtl?: Duration;
  /**
   * Standbys in other zones that must hold a commit before it is acknowledged. 0 loses acknowledged writes when the
   * writer is lost, and is there for experiments; as many as there are other zones, 1 of two or 2 of three, stops
   * writes here when any one zone is lost. @default 1 (0 with a single zone)
   */
  readonly synchronousStandbys?: 0 | 1 | 2;
  /** How the loss of the writer is noticed. @default see Detection */
  readonly detection?: Detection;
  /** The instance class of all members on AWS, so that any of them can take over. @default "db.r7g.large" */
  readonly size?: `db.${string}`;
  /** Storage of a plain engine, which grows by itself; Aurora's needs no size. @default "100 GiB" */
  readonly storage?: Size;
  /** How far back the database can be had at any second, from 1 to 35 days. @default "14 days" */
  readonly backupRetention?: Duration;
}

/** How the control plane watches the writer of a database or the primary of a cache, from every zone. */
export interface Detection {
  /** From 1 to 300 seconds. @default "5 seconds" */
  readonly interval?: Duration;
  /** From 1 to 120 seconds, and at most the interval. @default "2 seconds" */
  readonly timeout?: Duration;
  /** Failures in a row until it counts as lost, from 1 to 10. @default 2 */
  readonly unhealthyThreshold?: number;
}

/** A database as a definition has it, with all that was left out. */
export type DatabaseDefinition = Read<ReturnType<typeof readDatabase>>;

/** Reads a database; it has a member in each of the zones. */
export function readDatabase({ zones }: Context) {
  const fields = {
    engine: optional(oneOf("aurora-postgresql", "aurora-mysql", "postgresql", "mysql"), "aurora-postgresql"),
    endpoint: optional(oneOf("cluster", "proxy"), "cluster"),
    endpointTtl: optional(duration({ min: 1_000, max: 60_000 }), DATABASE.endpointTtl.value),
    synchronousStandbys: optional(oneOf(0, 1, 2), zones > 1 ? 1 : 0),
    detection: group(readDetection),
    size: optional(readClass, "db.r7g.large"),
    storage: orNull(storage(STORAGE.database)),
    backupRetention: optional(days(BACKUP.databaseRetention), BACKUP.databaseRetention.value),
  };
  const consistent = shape(fields, ({ synchronousStandbys, engine, size, storage }, at, problems) => {
    checkCopies({ at: `${at}.synchronousStandbys`, copies: synchronousStandbys, zones }, problems);
    if (engine === undefined || !engine.startsWith("aurora-")) return;
    if (typeof storage === "number")
      problems.push(problem("DEF-011", `${at}.storage`, "Aurora's storage grows by itself", 'remove "storage"'));
    if (size?.startsWith("db.m") === true) {
      const message = `Aurora has no members of class ${show(size)}`;
      problems.push(problem("DEF-011", `${at}.size`, message, 'write a class of memory such as "db.r7g.large"'));
    }
  });
  return mapped(consistent, ({ storage, ...database }) => ({
    ...database,
    storageGiB: storage ?? STORAGE.database.value,
  }));
}

const readClass = text({
  max: 32,
  pattern: /^db\.[a-z]\d[a-z0-9]*\.[a-z0-9]+$/,
  form: 'an instance class such as "db.r7g.large"',
});

const detection = {
  interval: optional(duration({ min: 1_000, max: 300_000 }), DATABASE.detectionInterval.value),
  timeout: orNull(duration({ min: 1_000, max: 120_000 })),
  unhealthyThreshold: optional(whole({ min: 1, max: 10 }), DATABASE.detectionThreshold.value),
};

/** Reads how the loss of a writer or primary is noticed. */
export const readDetection = mapped(shape(detection, checkTimeout), (found) =>
  withTimeout(found, DATABASE.detectionTimeout.value),
);

/** Each copy that a write waits for needs a zone of its own, beside the writer's. */
export function checkCopies(
  { at, copies, zones }: { at: string; copies: number | undefined; zones: number },
  problems: Problem[],
): void {
  if (copies === undefined || copies < zones) return;
  const message = `${copies} copies need as many zones beside the writer's; the primary region has ${zones} in all`;
  problems.push(problem("DEF-011", at, message, `write ${zones - 1} at most, or add zones`));
}
