/** Every error code of this room. A code keeps its meaning for ever and is never used again. */
export const CODES = {
  "AUD-001": "a path leads to nothing",
  "AUD-002": "a file is no template that can be read",
  "AUD-003": "a template could not be evaluated",
  "AUD-004": "a suppression gives no reason",
  "AUD-005": "a suppression matches no finding",
  "AUD-006": "a file is no baseline",
  "AUD-007": "an objective is not understood",
  "AUD-008": "there is no path to audit",
  "AUD-010": "a file cannot be read",
  "AUD-011": "a file is too large, or nested too deeply",
  "AUD-012": "a file is neither YAML nor JSON",
  "AUD-013": "a part of a template is not of its form",
  "AUD-014": "a loop cannot be unrolled",
  "AUD-015": "a nested stack cannot be followed",
  "AUD-016": "a file of parameters is not of its form",
  "AUD-017": "two objectives contradict each other",
  "AUD-018": "more can be lost than an audit tells",
  "AUD-019": "a part of an audit could not be worked out",
  "AUD-020": "nothing in the templates answers customers",
  "AUD-021": "an assumption does not fit the templates",
  "AUD-022": "there is nothing to deploy at the paths",
} as const;

/** One of {@link CODES}. */
export type AuditCode = keyof typeof CODES;
