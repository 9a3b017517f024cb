import type { AuditProblem } from "../../base/audit-document.ts";
import { UserError, isUserError, messageOf } from "../../base/error.ts";
import type { AuditCode } from "../codes.ts";
import type { Path, SourceDocument } from "./document.ts";

/** A problem with a part of a document, with its line. */
export function problemAt(
  document: SourceDocument,
  path: Path,
  told: { readonly code: AuditCode; readonly message: string; readonly fix: string },
): AuditProblem {
  return { ...told, at: `${document.file}:${document.locate(path).line}` };
}

/** What was thrown while a file was read, as a problem with that file. */
export function problemOf(error: unknown, file: string): AuditProblem {
  if (isUserError(error)) return fromUserError(error, file);
  const fix = "leave the file out, and report it";
  return { code: "AUD-010", at: file, message: `cannot be read: ${messageOf(error)}`, fix };
}

function fromUserError({ code, message, fix, at = "" }: UserError, file: string): AuditProblem {
  return { code, message, fix, at: at === "" ? file : at };
}

/** A template that could not be evaluated, as a problem with its file. */
export function problemOfUnevaluated({
  template,
  why,
}: {
  readonly template: { readonly file: string };
  readonly why: string;
}): AuditProblem {
  const fix = "read the other files without it, and report this template";
  return { code: "AUD-003", at: template.file, message: `could not be evaluated: ${why}`, fix };
}

/** The error of a file that is larger than any template. */
export function tooLarge(file: string, what: string): UserError {
  const fix = "split it, or leave it out: CloudFormation itself takes no template over 1 MB";
  return new UserError({ code: "AUD-011", at: file, message: `is larger than a template can be: ${what}`, fix });
}

/** A number of bytes or characters, for people. */
export function megabytes(size: number): string {
  return `${Math.ceil(size / 1024 / 1024)} MB`;
}
