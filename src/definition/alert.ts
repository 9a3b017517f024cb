import { regionOf } from "./network.ts";
import type { RegionDefinition } from "./recovery.ts";
import { type Read, type Reader, listOfAll, mapOf, optional, shape, text } from "./schema.ts";
import { problem, show } from "./wording.ts";

/**
 * Who is told when an alarm goes off.
 *
 * @example
 * alerts: { emails: ["on-call@example.com"] }
 */
export interface Alerts {
  /** Each must confirm by a mail that AWS sends. @default none */
  readonly emails?: readonly string[];
  /** SNS topics that exist already, by region; they get all alarms of it. @default one is made in each region */
  readonly topicArns?: { readonly [region: string]: `arn:${string}` };
}

/** Alerts as a definition has them, with all that was left out. */
export type AlertsDefinition = Read<ReturnType<typeof readAlerts>>;

const readEmail = text({
  max: 254,
  pattern: /^[^\s@"<>]+@[^\s@"<>]+\.[A-Za-z]{2,}$/,
  form: 'an address such as "on-call@example.com"',
});

/** Reads the alerts of a system in these regions. */
export function readAlerts(regions: readonly RegionDefinition[]) {
  return shape({
    emails: optional(listOfAll(readEmail, 20), []),
    topicArns: optional(readArns(regions, "sns", /^[\w-]{1,256}$/), {}),
  });
}

/** ARNs by region, each of a resource in that very region. */
export function readArns(
  regions: readonly RegionDefinition[],
  service: string,
  resource: RegExp,
): Reader<Readonly<Record<string, string>>> {
  const readArn: Reader<string> = (value, at, problems) => {
    const example = `"arn:aws:${service}:${regions[0]?.name ?? "us-east-1"}:111122223333:…"`;
    const found = text({ max: 400, pattern: /^arn:aws:/, form: `an ARN such as ${example}` })(value, at, problems);
    if (found === undefined) return undefined;
    const [, , of, region, account = "", ...rest] = found.split(":");
    const isRight = of === service && /^\d{12}$/.test(account) && resource.test(rest.join(":"));
    if (isRight && at.endsWith(`.${region}`)) return found;
    const message = isRight ? `${show(found)} is not in this region` : `${show(found)} is no ARN of ${service}`;
    problems.push(problem("DEF-019", at, message, `write an ARN such as ${example}`));
    return undefined;
  };
  return mapOf(readArn, 2, regionOf(regions));
}
