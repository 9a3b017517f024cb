/** What can be wrong with a definition. A code keeps its meaning for ever and is never used again. */
export const CODES = {
  "DEF-001": "the definition is not a plain object",
  "DEF-002": "a key that must be there is missing",
  "DEF-003": "a key that Holdfast does not know",
  "DEF-004": "a reference that names nothing",
  "DEF-005": "a value of the wrong type",
  "DEF-006": "a value that is none of those allowed",
  "DEF-007": "a number or time outside of its bounds",
  "DEF-008": "a name that cannot be part of a host name and a variable's name",
  "DEF-009": "a name that is taken",
  "DEF-010": "a reference to a component of the wrong kind",
  "DEF-011": "two settings that contradict each other",
  "DEF-012": "a list with the same entry twice",
  "DEF-013": "a region or zone that does not exist, or is used twice",
  "DEF-014": "a recovery strategy that needs a second region",
  "DEF-015": "a journey with a request that nothing answers",
  "DEF-016": "a folder or module that does not exist",
  "DEF-017": "a definition that is too large",
  "DEF-018": "a value that cannot be read as plain data",
  "DEF-019": "a text that is not of its form",
  "DEF-020": "the definition's file cannot be found",
  "DEF-021": "the definition's file is no valid program",
  "DEF-022": "the definition's file failed while it was loaded",
  "DEF-023": "the definition's file has no default export",
  "DEF-024": "the definition has problems",
  "DEF-025": "a variable that Holdfast sets itself",
  "DEF-026": "programs that use each other in a circle",
} as const;

/** One of {@link CODES}. */
export type Code = keyof typeof CODES;
