/** The problems of naming a fault or aiming it. A code is never used again for another problem. */
export const CODES = {
  "FLT-001": "there is no fault of this name",
  "FLT-002": "the fault cannot be aimed at this target",
  "FLT-003": "nobody holds the role that the fault is aimed at",
  "FLT-004": "the fault cannot be made on this machine",
} as const;

/** The code of a problem with a fault. */
export type FaultCode = keyof typeof CODES;
