import type { AcceleratorDefinition } from "../../definition/accelerator.ts";

/** Global Accelerator: two static addresses in front of a service's balancers in every region. */
export interface AcceleratorSettings {
  /** The service, HTTP or TCP. */
  readonly to: string;
}

/** What a definition says of an accelerator. */
export function acceleratorSettings({ to }: AcceleratorDefinition): AcceleratorSettings {
  return { to };
}
