/** The problems of drills that a user can mend. A code is never used again for another problem. */
export const CODES = {
  "DRL-001": "no fault of the catalogue applies to this system",
  "DRL-002": "the module of a journey cannot be used",
  "DRL-003": "the system has no journey to walk",
  "DRL-004": "the process that makes the load ended before its time",
  "DRL-006": "the system did not become steady, so that nothing can be measured",
  "DRL-007": "a report cannot be written to the file that was named",
  "DRL-008": "drills were asked for in two ways that exclude each other",
  "DRL-009": "none of the schedules that a simulation found can be played",
} as const;

/** The code of a problem of drills. */
export type DrillCode = keyof typeof CODES;
