import type { Estate, Resource } from "./estate.ts";

/** Something that AWS refuses, or quietly does not do, at deploy time. */
export interface Refusal {
  /** Stable name, such as `cloudfront-write-on-origin-group`. */
  readonly id: string;
  /** What AWS does not take, as a sentence. */
  readonly title: string;
  /** The page of AWS's that says so. */
  readonly url: string;
  readonly readOn: "2026-11-21";
  /** What of a system is so. */
  readonly check: (estate: Estate) => readonly Finding[];
}

/** A resource that AWS refuses, and why. */
export interface Finding {
  readonly resource: Resource;
  /** Where in it: `Properties.DistributionConfig.CacheBehaviors.0`. */
  readonly path: string;
  readonly message: string;
}

/** A finding with the row that it comes from. */
export interface Violation {
  readonly refusal: Refusal;
  readonly stack: string;
  readonly logicalId: string;
  readonly path: string;
  readonly message: string;
}

const DOCS = "https://docs.aws.amazon.com/";

/** A row; `page` is below docs.aws.amazon.com. */
export function refusal(
  id: string,
  title: string,
  page: string,
  check: (estate: Estate) => readonly Finding[],
): Refusal {
  return { id, title, url: `${DOCS}${page}`, readOn: "2026-11-21", check };
}

/** A row that looks at each resource of one type by itself: `look` returns a path and a message for each defect. */
export function refusalOf(
  types: string | readonly string[],
  row: readonly [id: string, title: string, page: string],
  look: (resource: Resource, estate: Estate) => readonly (readonly [path: string, message: string])[],
): Refusal {
  return refusal(...row, (estate) =>
    estate
      .of(...[types].flat())
      .flatMap((resource) => look(resource, estate).map(([path, message]) => ({ resource, path, message }))),
  );
}
