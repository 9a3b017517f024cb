/**
 * What can be wrong between a topology and the world that it is to run in. A code keeps its meaning for ever and is
 * never used again.
 */
export const CODES = {
  "TOP-001": "a service calls another one in a world that has no balancer between services",
} as const;

/** One of {@link CODES}. */
export type TopologyCode = keyof typeof CODES;
