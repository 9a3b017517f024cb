import { type Context, reference } from "./context.ts";
import { type Read, required, shape } from "./schema.ts";

/**
 * Two addresses that never change, in front of a service in every region: clients come in at the nearest place of AWS's
 * network, and go on to a region that is well. Global Accelerator on AWS.
 *
 * @example
 * scanners: { to: "scans" }
 */
export interface Accelerator<ServiceName extends string = string> {
  /** A service that listens, over HTTP or TCP. */
  readonly to: ServiceName;
}

/** An accelerator as a definition has it. */
export type AcceleratorDefinition = Read<ReturnType<typeof readAccelerator>>;

/** Reads an accelerator. */
export function readAccelerator(context: Context) {
  return shape({ to: required(reference(context, [...context.http, ...context.tcp], "a service that listens")) });
}
