/**
 * The parts of `terraform show -json` that an audit looks at. A plan comes from outside: every part may be missing or
 * of another shape, and is then passed over. Source: https://developer.hashicorp.com/terraform/internals/json-format
 */
import { type Json, type Path, isRecord } from "../document.ts";

type Table = Readonly<Record<string, Json>>;

/** One resource that will be there when the plan is applied. */
export interface PlannedResource {
  /** `module.vpc.aws_subnet.private[0]`. */
  readonly address: string;
  /** Address of its module; empty at the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  /** `[0]`, `["a"]` or nothing. */
  readonly key: string;
  readonly values: Table;
  /** True, or the parts that are true, where a value is only known once it is applied. */
  readonly unknown: Table;
  /** Where it stands in the plan. */
  readonly path: Path;
}

/** The modules of a plan's configuration, by address without keys: `module.vpc.module.subnets`. */
export interface ModuleConfiguration {
  /** Expressions of a resource's arguments, by `type.name`; of a data source's by `data.type.name`. */
  readonly resources: ReadonlyMap<string, ResourceConfiguration>;
  readonly outputs: Table;
  /** What the caller passes for the module's variables; at the root, what was given for them. */
  readonly arguments: Table;
  /** Address of the module that calls it; null at the root. */
  readonly caller: string | null;
  /** What its instances are made for; undefined where it has no `for_each`. */
  readonly forEach: Json | undefined;
}

export interface ResourceConfiguration {
  readonly expressions: Table;
  /** What its instances are made for; undefined where it has no `for_each`. */
  readonly forEach: Json | undefined;
  /** The provider's block, such as `aws` or `module.x:aws.west`. */
  readonly provider: string;
}

/** All resources that the plan leaves behind, the deleted ones left out. */
export function plannedResources(plan: Json): readonly PlannedResource[] {
  const unknown = new Map<string, Table>();
  for (const change of list(plan, "resource_changes")) {
    const address = isRecord(change) ? change["address"] : undefined;
    if (typeof address === "string") unknown.set(address, table(table(change, "change"), "after_unknown"));
  }
  const found: PlannedResource[] = [];
  const visit = (module: Json | undefined, at: Path): void => {
    for (const [index, each] of list(module, "resources").entries()) {
      const resource = resourceOf(each, [...at, "resources", index], unknown);
      if (resource !== undefined) found.push(resource);
    }
    for (const [index, child] of list(module, "child_modules").entries()) visit(child, [...at, "child_modules", index]);
  };
  const planned = table(plan, "planned_values");
  visit(planned["root_module"], ["planned_values", "root_module"]);
  return found;
}

function resourceOf(each: Json, path: Path, unknown: ReadonlyMap<string, Table>): PlannedResource | undefined {
  if (!isRecord(each) || each["mode"] === "data") return undefined;
  const { address, type, name } = each;
  if (typeof address !== "string" || typeof type !== "string" || typeof name !== "string") return undefined;
  const own = `${type}.${name}`;
  const at = address.lastIndexOf(own);
  return {
    address,
    module: at > 0 ? address.slice(0, at - 1) : "",
    type,
    name,
    key: at < 0 ? "" : address.slice(at + own.length),
    values: table(each, "values"),
    unknown: unknown.get(address) ?? {},
    path,
  };
}

/** The configuration of every module. */
export function moduleConfigurations(plan: Json): ReadonlyMap<string, ModuleConfiguration> {
  const modules = new Map<string, ModuleConfiguration>();
  const visit = (
    module: Json | undefined,
    address: string,
    call: Pick<ModuleConfiguration, "arguments" | "caller" | "forEach">,
  ): void => {
    const resources = new Map<string, ResourceConfiguration>();
    for (const each of list(module, "resources")) {
      if (!isRecord(each)) continue;
      const name = `${String(each["type"])}.${String(each["name"])}`;
      resources.set(each["mode"] === "data" ? `data.${name}` : name, {
        expressions: table(each, "expressions"),
        forEach: each["for_each_expression"],
        provider: String(each["provider_config_key"] ?? "aws"),
      });
    }
    modules.set(address, { resources, outputs: table(module, "outputs"), ...call });
    for (const [name, child] of Object.entries(table(module, "module_calls"))) {
      const inner = address === "" ? `module.${name}` : `${address}.module.${name}`;
      visit(isRecord(child) ? child["module"] : undefined, inner, {
        arguments: table(child, "expressions"),
        caller: address,
        forEach: isRecord(child) ? child["for_each_expression"] : undefined,
      });
    }
  };
  const given = Object.entries(table(plan, "variables")).map(([name, variable]): [string, Json] => {
    return [name, { constant_value: isRecord(variable) ? (variable["value"] ?? null) : null }];
  });
  const root = { arguments: Object.fromEntries(given), caller: null, forEach: undefined };
  visit(table(plan, "configuration")["root_module"], "", root);
  return modules;
}

/** The region of each block of the AWS provider, where the plan says it. */
export function providerRegions(plan: Json): ReadonlyMap<string, string> {
  const regions = new Map<string, string>();
  for (const [key, block] of Object.entries(table(table(plan, "configuration"), "provider_config"))) {
    const region = table(table(block, "expressions"), "region");
    const [reference] = list(region, "references");
    const variable = typeof reference === "string" && reference.startsWith("var.") ? reference.slice(4) : undefined;
    const value = region["constant_value"] ?? (variable && table(table(plan, "variables"), variable)["value"]);
    if (typeof value === "string") regions.set(key, value);
  }
  return regions;
}

/** An address without the keys of modules: `module.vpc[0].module.x` is configured as `module.vpc.module.x`. */
export function withoutKeys(address: string): string {
  return address.replaceAll(/\[[^\]]*\]/g, "");
}

/** A part that is a mapping; an empty one where it is none. */
export function table(value: Json | undefined, name: string): Table {
  const part = isRecord(value) ? value[name] : undefined;
  return isRecord(part) ? part : {};
}

/** A part that is a list; an empty one where it is none. */
export function list(value: Json | undefined, name: string): readonly Json[] {
  const part = isRecord(value) ? value[name] : undefined;
  return Array.isArray(part) ? (part as readonly Json[]) : [];
}
