/** A region as an accelerator sees it. */
export interface EndpointGroup {
  readonly region: string;
  /** How much of the traffic it would get it is given, in percent: here all or nothing. */
  readonly dial: 0 | 100;
  readonly healthy: boolean;
}

/**
 * The group that a new connection goes to; `groups` are in the order of their nearness to the customer. It is the
 * nearest one whose dial is open. Where that one is ill it is the nearest healthy one, whatever its dial; and where
 * none is healthy it is that one all the same. Undefined where there is no group.
 *
 * https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html
 */
export function chooseGroup(groups: readonly EndpointGroup[]): string | undefined {
  const original = groups.find(({ dial }) => dial > 0) ?? groups[0];
  const chosen = original?.healthy ? original : (groups.find(({ healthy }) => healthy) ?? original);
  return chosen?.region;
}
