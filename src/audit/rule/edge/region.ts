import { writtenText } from "../../evaluate/text.ts";
import type { Value } from "../../evaluate/value.ts";
import type { Model } from "../../model/model.ts";
import { isGlobal } from "../../model/region.ts";
import type { Resource } from "../../model/resource.ts";

const REGION = /(?:^|[.-])((?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov)?-[a-z]+-\d)(?:[.]|$)/;

/**
 * The region of what a domain name leads to: as the name says it (`s3.eu-west-1.amazonaws.com`), else that of the stack
 * which makes the thing, under a name for both of one stack where the region itself is not known.
 */
export function regionOf(domain: Value | undefined, from: Resource, model: Model): string | undefined {
  const named = REGION.exec(writtenText(domain))?.[1];
  if (named !== undefined) return named;
  const target = model.target(domain);
  if (target === undefined || isGlobal(target)) return undefined;
  const { template } = target;
  if (template.region !== null) return template.region;
  return template.dialect === "cloudformation" && template === from.template ? "the region of its stack" : undefined;
}
