const USER_ERROR = Symbol.for("holdfast.UserError");

/** Something that the user can mend. The command exits with 3 and prints no stack trace. */
export class UserError extends Error {
  /** Stable name of the problem, such as `RUN-012`; listed in docs/errors.md. */
  readonly code: string;
  /** One imperative sentence, or a command, that mends it. */
  readonly fix: string;
  /** Where it is: a path in the definition, a file with its line, an address. */
  readonly at: string | undefined;
  readonly [USER_ERROR] = true;

  constructor(problem: { code: string; message: string; fix: string; at?: string; cause?: unknown }) {
    super(problem.message, { cause: problem.cause });
    this.name = "UserError";
    this.code = problem.code;
    this.fix = problem.fix;
    this.at = problem.at;
  }
}

/** Branded, because a config file may load a second copy of the library, where `instanceof` fails. */
export function isUserError(error: unknown): error is UserError {
  return typeof error === "object" && error !== null && USER_ERROR in error;
}

/** Our bug: something that the code holds to be impossible has happened. The command exits with 70. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InvariantError";
  }
}

/** Throws {@link InvariantError} unless `condition` holds; `message` says what was believed. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One problem of the user's input, where it is and how to mend it. Validation returns all of them at once. */
export interface Problem {
  readonly code: string;
  readonly at: string;
  readonly message: string;
  readonly fix: string;
}
