/** The problems of estimates that a user can mend. A code is never used again for another problem. */
export const CODES = {
  "EST-001": "the file of the usage cannot be read",
  "EST-002": "the usage has something in it that is no usage",
} as const;

/** The code of a problem of estimates. */
export type EstimateCode = keyof typeof CODES;
