import { UserError } from "../base/error.ts";
import { cacheCrash } from "./cache-crash.ts";
import type { FaultCode } from "./codes.ts";
import { databaseCrash } from "./database-crash.ts";
import { databaseIsolated } from "./database-isolated.ts";
import type { Fault } from "./fault.ts";
import { taskCrash } from "./task-crash.ts";
import { workerCrash } from "./worker-crash.ts";
import { zoneLoss } from "./zone-loss.ts";

/** Every fault that can be made, in the order in which drills run them: from the smallest blast to the largest. */
export const FAULTS: readonly Fault[] = [taskCrash, workerCrash, databaseCrash, cacheCrash, zoneLoss, databaseIsolated];

/** The fault named `name`; throws FLT-001, which names those there are, where there is none. */
export function findFault(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name);
  if (found) return found;
  throw new UserError({
    code: "FLT-001" satisfies FaultCode,
    message: `there is no fault "${name}" (there is ${FAULTS.map((fault) => fault.name).join(", ")})`,
    fix: "name one of these, or see `holdfast drill --list`",
  });
}
