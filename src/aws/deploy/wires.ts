import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";
import type { Assembly, Manifest } from "../synth.ts";
import type { Wire } from "../wire.ts";
import type { Aws } from "./aws.ts";
import { type StackState, readState } from "./stack-state.ts";

/** Outputs of stacks, by the name of the stack. */
export type OutputsByStack = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the parameters of a stack are told from. */
export interface Wanted {
  /** The stack that gets them, as CloudFormation has it. */
  readonly state: StackState;
  readonly assembly: Assembly;
  /** What this run knows already. */
  readonly outputs: OutputsByStack;
  /** Regions that may be asked; in the others a value stays as it is. */
  readonly regions: readonly string[];
}

/**
 * The parameters that a stack gets from outputs of stacks in other regions. Where this run does not know an output, its
 * region is asked, if it may be. Rejects with AWS-037 for a value that is not there yet and that nothing stands in for.
 */
export async function parametersOf(aws: Aws, wanted: Wanted): Promise<Readonly<Record<string, string>>> {
  const parameters: Record<string, string> = {};
  for (const wire of wanted.assembly.manifest.wires) {
    const { stack, parameter } = wire.to;
    if (stack !== wanted.state.name || parameters[parameter] !== undefined) continue;
    const value = wire.late ? lateValue(wanted, wire) : await valueOf(aws, wanted, wire);
    if (value !== undefined) parameters[parameter] = value;
  }
  return parameters;
}

/** Whether a stack gets something that is only there after a stack that is deployed later. */
export function hasLateWires(manifest: Manifest, stack: string): boolean {
  return manifest.wires.some(({ to, late }) => late === true && to.stack === stack);
}

/**
 * What the output says by now, if the new template has it at all; else the parameter's default, and no earlier
 * value.
 */
function lateValue({ assembly, outputs }: Wanted, { from, to }: Wire): string | undefined {
  const { templates } = assembly;
  const stays = from.output in partOf(templates[from.stack], "Outputs");
  const known = stays ? outputs[from.stack]?.[from.output] : undefined;
  const parameter = partOf(templates[to.stack], "Parameters")[to.parameter] as
    | { readonly Default?: string }
    | undefined;
  return known ?? parameter?.Default;
}

function partOf(template: object | undefined, part: "Outputs" | "Parameters"): Readonly<Record<string, unknown>> {
  return ((template as Readonly<Record<string, object>> | undefined)?.[part] ?? {}) as Readonly<
    Record<string, unknown>
  >;
}

async function valueOf(
  aws: Aws,
  { state, assembly, outputs, regions }: Wanted,
  { from, to }: Wire,
): Promise<string | undefined> {
  const known = outputs[from.stack]?.[from.output];
  if (known !== undefined) return known;
  const region = assembly.manifest.stacks.find(({ name }) => name === from.stack)?.region;
  const mayAsk = region !== undefined && regions.includes(region);
  const asked = mayAsk ? (await readState(aws, { name: from.stack, region })).outputs[from.output] : undefined;
  if (asked !== undefined) return asked;
  if (!mayAsk && state.parameters[to.parameter] !== undefined) return undefined; // it keeps what it has
  throw new UserError({
    code: "AWS-037" satisfies AwsCode,
    message: `${state.name} needs output ${from.output} of ${from.stack}, which is not there yet`,
    fix: "run holdfast deploy for the whole system: it deploys them in order",
  });
}
