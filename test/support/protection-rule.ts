import { ResourceImpact, fullDiff } from "@aws-cdk/cloudformation-diff";
import { type Template, type Value, field, items } from "../../src/aws/template.ts";

/** A stack as it is: its template, and what its parameters say. */
export interface Standing {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * What of a stack AWS refuses to delete: resources by their logical ids, replicas of tables as `id/region`. It is
 * written apart from what it judges.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
 */
export function protectedIn({ template, parameters }: Standing): readonly string[] {
  const isOn = (value: Value): boolean => {
    const name = field(value, "Ref");
    if (typeof name !== "string") return String(value) === "true";
    return (parameters[name] ?? field(template.Parameters?.[name], "Default")) === "true";
  };
  return Object.entries(template.Resources ?? {}).flatMap(([id, { Properties = {} }]) => {
    const attribute = items(Properties["LoadBalancerAttributes"]).find(
      (each) => field(each, "Key") === "deletion_protection.enabled",
    );
    const whole = isOn(Properties["DeletionProtection"]) || isOn(field(attribute, "Value"));
    const replicas = items(Properties["Replicas"]).filter((each) => isOn(field(each, "DeletionProtectionEnabled")));
    return [...(whole ? [id] : []), ...replicas.map((each) => `${id}/${String(field(each, "Region"))}`)];
  });
}

/** What AWS refuses to delete when a stack gets another template, or is deleted (null). What is retained stays. */
export function keptFrom(standing: Standing, next: Template | null): readonly string[] {
  const before = standing.template;
  const replaced = new Set<string>();
  fullDiff({ ...before }, { ...next }).resources.forEachDifference((id, { changeImpact }) => {
    if (changeImpact === ResourceImpact.WILL_REPLACE) replaced.add(id);
  });
  return protectedIn(standing).filter((part) => {
    const [id, region] = part.split("/") as [string, string?];
    const resource = before.Resources?.[id];
    const other = next?.Resources?.[id];
    if (other === undefined) return resource?.DeletionPolicy?.startsWith("Retain") !== true;
    if (replaced.has(id)) return resource?.UpdateReplacePolicy !== "Retain";
    const regions = items(other.Properties?.["Replicas"]).map((each) => field(each, "Region"));
    return region !== undefined && !regions.includes(region);
  });
}

/** What a rollback cannot take away again, of what is new in a template. */
export function leftByRollback(made: Standing, former: Template): readonly string[] {
  return protectedIn(made).filter((part) => former.Resources?.[part.split("/")[0] ?? ""] === undefined);
}
