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
  "RUN-010": "more than one region was asked for, and this version runs one",
  "RUN-011": "the control API refused a request",
  "RUN-012": "no duration",
  "RUN-013": "Node is too old",
  "RUN-014": "a component of a kind that the local world does not run",
  "RUN-020": "no engine of this kind is on the machine",
  "RUN-021": "an engine could not be unpacked",
  "RUN-022": "PostgreSQL cannot run as this user",
} as const;

/** The code of a problem of running. */
export type RunCode = keyof typeof CODES;
