/** What `holdfast/aws` publishes: the types of the stacks that the escape hatch `aws` of a definition is given. */
export type { RegionStacks, ShippedStacks } from "./ship.ts";
