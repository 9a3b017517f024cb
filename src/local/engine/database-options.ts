import type { Clock } from "../../base/clock.ts";
import type { DatabaseSettings } from "../../topology/kind/database.ts";
import type { Address } from "../address.ts";
import type { Spawner } from "../process/child.ts";
import type { EngineBinary } from "./engine-binary.ts";

/** Passwords of one database. They are written to files of mode 600, and to no command line or log. */
export interface DatabaseSecrets {
  /** Of the program's user. */
  readonly password: string;
  /** Of the control plane: commands, replication, health checks. */
  readonly controlPassword: string;
}

/** What one database instance is made of. */
export interface PostgresMemberOptions {
  readonly id: string;
  readonly zone: string;
  /** The member's own folder; its disk is in it. Absolute. */
  readonly directory: string;
  readonly listen: Address;
  readonly settings: DatabaseSettings;
  /** Ids of the other members. */
  readonly members: readonly string[];
  readonly secrets: DatabaseSecrets;
  readonly binary: EngineBinary;
  readonly spawner: Spawner;
  readonly clock: Clock;
  readonly logFile: string;
  /** The folder that its log is handed over to, for backups; see `local/backup/`. @default it is handed to nobody */
  readonly archiveTo?: string;
  /** What else its process needs in its environment, asked at each start. @default nothing */
  readonly environment?: () => Readonly<Record<string, string>>;
}
