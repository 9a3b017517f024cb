import { UserError } from "../../base/error.ts";
import type { AwsCode } from "../codes.ts";

/** A name, once it is known to be short enough; throws a `UserError` (AWS-011) else. `of` is the user's word for it. */
export function checkedName(name: string, limit: number, of: { readonly what: string; readonly at: string }): string {
  if (name.length <= limit) return name;
  throw new UserError({
    code: "AWS-011" satisfies AwsCode,
    message: `the name of ${of.what} would have ${name.length} characters of at most ${limit}: ${name}`,
    fix: `shorten the name of the system or of "${of.at}"`,
    at: of.at,
  });
}
