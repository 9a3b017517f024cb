/** Actions of one AWS service, as the Service Authorization Reference lists them. */
export interface ActionList {
  readonly url: string;
  /** The day on which this list was compared with the reference. */
  readonly readOn: "2026-11-21";
  /** Actions whose statement can name resources. */
  readonly onResources: readonly string[];
  /** Actions that know no resources: their statement says `*`. */
  readonly onAll: readonly string[];
}

/** The actions of a service, whose page is `list_….html`. */
export function actions(page: string, onResources: readonly string[], onAll: readonly string[]): ActionList {
  const url = `https://docs.aws.amazon.com/service-authorization/latest/reference/${page}.html`;
  return { url, readOn: "2026-11-21", onResources, onAll };
}

/** Names that AWS gives, and the page that lists them. */
export interface NameList {
  readonly url: string;
  readonly readOn: "2026-11-21";
  readonly names: readonly string[];
}
