import type { TemplateAssumptions, TemplateSystem, TemplateView } from "../../topology/template-system.ts";
import type { Design } from "../system/design.ts";
import { hazardRates } from "../system/rates.ts";
import { compileTemplate } from "./compile.ts";

/** Templates whose years are to be played. */
export interface TemplateRequest {
  readonly name: string;
  /** What they tell, by how what they leave open is taken. */
  readonly systemBy: (view: TemplateView) => TemplateSystem;
  readonly told: TemplateAssumptions;
}

/**
 * The design that templates are. What they leave open is taken as it likely is; the low end of the range has it as bad
 * as it may be, beside the high end of all rates.
 */
export function templateDesign({ name, systemBy, told }: TemplateRequest): Design {
  const likely = systemBy("likely");
  return {
    system: name,
    recovery: "one region",
    modelAt: (choice) => {
      const rates = hazardRates({ assumptions: told }, choice);
      return compileTemplate(choice === "high" ? systemBy("worst") : likely, { rates, told });
    },
    assumes: likely.assumes,
  };
}
