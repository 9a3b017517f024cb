import type { AuditProblem } from "../../base/audit-document.ts";
import { UserError } from "../../base/error.ts";
import type { AuditCode } from "../codes.ts";

/** What would be taken for where customers come in, for people. */
const ENTRIES = "a load balancer, an API, a distribution, an accelerator, a function's URL, or a program";

/** Nothing of what was read can answer a customer; it has these resources. */
export function nothingAnswers(names: readonly string[]): UserError {
  return new UserError({
    code: "AUD-020" satisfies AuditCode,
    message: `nothing in these templates answers customers (they have ${names.slice(0, 5).join(", ")})`,
    fix: `name templates with ${ENTRIES}, or say what answers with entries in --assumptions`,
  });
}

/** Nothing was read that could be deployed, for these reasons. */
export function nothingRead(paths: readonly string[], problems: readonly AuditProblem[]): UserError {
  const why = problems.map(({ code, at, message, fix }) => `\n  ${code} ${at}: ${message}; ${fix}`);
  return new UserError({
    code: "AUD-022" satisfies AuditCode,
    message: `there is nothing to deploy in ${paths.join(", ")}${why.join("")}`,
    fix: "name templates with resources, a folder of them, cdk.out, or the JSON of a Terraform plan",
  });
}
