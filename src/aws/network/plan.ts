import { assert } from "../../base/error.ts";

/** The ranges of a zone's subnets. */
export interface ZoneRanges {
  readonly publicCidr: string;
  readonly privateCidr: string;
  readonly isolatedCidr: string;
}

/** Zones that a network of /16 has room for: AWS's largest region has six. */
const ZONES = 6;

/**
 * A zone's share of a network of /16. Programs run in the private subnet, /19 (8,187 addresses), so that the zones that
 * are left have room for all tasks of one that is lost, and for those of a deploy besides. Balancers and NAT gateways
 * are in the public one, databases, caches and file systems in the isolated one, each /22 (1,019 addresses).
 *
 * | range of a 10.0.0.0/16     | what                           |
 * | -------------------------- | ------------------------------ |
 * | 10.0.0.0 – 10.0.191.255    | private, a /19 for zones a … f |
 * | 10.0.192.0 – 10.0.215.255  | public, a /22 each             |
 * | 10.0.224.0 – 10.0.247.255  | isolated, a /22 each           |
 *
 * A zone's place follows from its letter, so that naming other zones moves no subnet of those that stay.
 */
export function zoneRanges(cidr: string, letter: string): ZoneRanges {
  const place = letter.charCodeAt(0) - "a".charCodeAt(0);
  const [address, length] = cidr.split("/");
  const [first, second] = (address ?? "").split(".");
  assert(length === "16" && second !== undefined, `the network ${cidr} is a /16`);
  assert(letter.length === 1 && place >= 0 && place < ZONES, `a network has room for zone ${letter}`);
  const range = (third: number, size: number): string => `${first}.${second}.${third}.0/${size}`;
  return {
    privateCidr: range(32 * place, 19),
    publicCidr: range(192 + 4 * place, 22),
    isolatedCidr: range(224 + 4 * place, 22),
  };
}
