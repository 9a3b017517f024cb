/** A promise that a modelled component broke. */
export class Violation extends Error {}

/** What `run` says went wrong, or the promise that broke on the way; null: nothing. */
export function outcomeOf(run: () => string | null): string | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
}
