import { measured } from "./engine.ts";

/** What the members of a database or cache take within a region, each from its order to its end; on two processors. */
export const MEMBER_ENGINE = {
  database: {
    hold: measured(50, 90, "telling a standby of PostgreSQL to receive from nobody, and asking how far it reaches"),
    promote: measured(25, 45, "promoting a standby of PostgreSQL that is held"),
    follow: measured(80, 150, "a standby of PostgreSQL follows another primary"),
    start: measured(150, 900, "PostgreSQL, from its start to taking connections, with what it has to replay"),
    reseed: measured(360, 950, "copying the shop's database to another member, and starting that"),
  },
  cache: {
    hold: measured(6, 20, "telling a replica of Valkey to receive from nobody"),
    promote: measured(4, 12, "promoting a replica of Valkey"),
    follow: measured(9, 25, "a replica of Valkey follows another primary"),
    start: measured(75, 200, "Valkey, from its start to taking connections"),
    reseed: measured(47, 160, "starting a replica of Valkey with nothing, until it has a copy"),
  },
} as const;

/** What is done with the backups of the shop's database while a drill runs. */
export const BACKUP_ENGINE = {
  begin: measured(80, 220, "from the order to back a database up until its files are being copied"),
  deleteRows: measured(
    300,
    500,
    "looking whether a database can be restored, and emptying it, until no copy has a row",
  ),
  restore: measured(1_100, 3_400, "every database from its backups beside those that run, verified and replayed"),
  replace: measured(200, 440, "stopping a database's members, until the first one takes writes on the restored disk"),
} as const;

/** What else passes on such a machine. */
export const MACHINE = {
  request: measured(3, 36, "a request of a journey of the shop's, from the median to its 99th percentile"),
  heard: measured(1, 30, "from the end of a process until the control plane knows of it"),
  work: measured(3, 8, "what an operation of a customer's takes of a processor, of all processes of a drill together"),
  exec: measured(4, 30, "from the order to start a program to its having a process"),
  zone: measured(350, 1_100, "from when a zone has power again until its balancer node and its links are there"),
  program: measured(250, 700, "from the start of one program of the shop's to its listening"),
} as const;

/**
 * How programs call what they need. Nobody knows that of a program which was not measured: this is how the shop's do
 * it, and how one should that is meant to live through a failover.
 */
export const PROGRAM = {
  /** How long a call is waited for, how often it is made, and the longest pause between. */
  callMs: 300,
  calls: 2,
  pauseMs: 40,
  /** After so many requests that failed one after the other no call is made for so long. */
  breaker: { failures: 5, openMs: 500 },
} as const;
