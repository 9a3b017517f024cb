/** The problems that a user meets while running a system. A code is never used again for another problem. */
export const CODES = {
  "RUN-001": "another `up` runs on the same state folder",
  "RUN-002": "nothing runs on this state folder",
  "RUN-003": "no slot of loopback addresses is free",
  "RUN-004": "an address that the system needs is in use",
  "RUN-005": "the disk is full",
  "RUN-006": "a process of the system did not come up",
  "RUN-007": "the running system is another one than the definition's",
  "RUN-008": "no such fault, or it cannot be aimed at this target",
  "RUN-009": "the supervisor is gone or does not answer",
  "RUN-011": "the control API refused a request",
  "RUN-012": "no duration",
  "RUN-013": "Node is too old",
  "RUN-014": "a component of a kind that the local world does not run",
  "RUN-020": "no engine of this kind is on the machine",
  "RUN-021": "an engine could not be unpacked",
  "RUN-022": "PostgreSQL cannot run as this user",
  "RUN-030": "no backup reaches the time that was asked for",
  "RUN-031": "a backup is damaged",
  "RUN-032": "a backup is encrypted with another key",
  "RUN-033": "a key for backups that is none",
  "RUN-034": "no time",
  "RUN-035": "PostgreSQL could not recover from a backup",
  "RUN-036": "a database has no primary to back up",
  "RUN-037": "no other region runs that could take over",
  "RUN-038": "an answer to what nobody asks",
} as const;

/** The code of a problem of running. */
export type RunCode = keyof typeof CODES;
