import { type Json, isRecord } from "../document.ts";
import { type ModuleConfiguration, type PlannedResource, list, withoutKeys } from "./plan.ts";

/** A resource of the plan that an expression means, and the attribute of it. */
export interface Referred {
  readonly address: string;
  readonly attribute: string;
}

/** What an expression is made of. */
export interface Leads {
  readonly found: readonly Referred[];
  /**
   * Whether nothing else may add to it: no local value, data source or input, of which a plan does not tell the
   * making.
   */
  readonly whole: boolean;
}

/** Where an expression stands: what `count.index` and `each.value` mean there. */
interface Place {
  readonly module: string;
  readonly key: string;
  readonly forEach?: Json | undefined;
}

/** What a reference is followed with. */
interface Following {
  readonly from: Place;
  /** Whether the expression picks by the instance's own key. */
  readonly isKeyed: boolean;
  readonly depth: number;
}

const NOTHING: Leads = { found: [], whole: true };
const ANYTHING: Leads = { found: [], whole: false };

/** Calls that lead from module to module are followed this far; a plan's own modules nest less. */
const DEEPEST = 20;

/** Data sources that make a text of what they name: a policy, a script. */
const DOCUMENTS = new Set([
  "aws_iam_policy_document",
  "template_file",
  "template_cloudinit_config",
  "cloudinit_config",
]);

/** Attributes that stand for the resource: who uses one means it, also where a plan knows the text already. */
export const NAMES: ReadonlySet<string> = new Set(
  [
    "id arn name bucket identifier url family dns_name zone_id arn_suffix stage_name function_name domain_name",
    "cluster_identifier cluster_name global_cluster_identifier db_instance_identifier resource_id invoke_arn",
    "replication_group_id global_replication_group_id bucket_domain_name bucket_regional_domain_name stream_arn",
    "address endpoint reader_endpoint cluster_address primary_endpoint_address reader_endpoint_address",
    "configuration_endpoint_address primary_network_interface_id public_ip private_ip public_dns private_dns",
  ].flatMap((line) => line.split(" ")),
);

/** Finds what a value that is not known yet will come from. */
export class References {
  private readonly modules: ReadonlyMap<string, ModuleConfiguration>;
  /** Instances by module address and `type.name`. */
  private readonly instances: ReadonlyMap<string, readonly PlannedResource[]>;
  /** Addresses of a module's instances, by its address without keys. */
  private readonly moduleInstances = new Map<string, Set<string>>();

  constructor(resources: readonly PlannedResource[], modules: ReadonlyMap<string, ModuleConfiguration>) {
    this.modules = modules;
    this.instances = Map.groupBy(resources, ({ module, type, name }) => `${module}|${type}.${name}`);
    for (const module of new Set(resources.map((each) => each.module))) {
      for (let address = module; address !== ""; address = callerOf(address)) {
        const own = withoutKeys(address);
        this.moduleInstances.set(own, (this.moduleInstances.get(own) ?? new Set()).add(address));
      }
    }
  }

  /** The expression of an argument of a resource, at a path of names: `network_configuration.subnets`. */
  expressionOf(resource: PlannedResource, path: readonly string[]): Json | undefined {
    let expression: Json | undefined = this.configurationOf(resource)?.expressions;
    for (const name of path) {
      if (Array.isArray(expression))
        expression = (expression as readonly Json[])[/^\d+$/.test(name) ? Number(name) : 0];
      if (/^\d+$/.test(name)) continue;
      if (!isRecord(expression)) return undefined;
      if ("references" in expression) break; // a dynamic block: what it is made of is all that is known
      expression = expression[name];
    }
    return expression;
  }

  /** What an argument of a resource is made of. */
  leadsOf(resource: PlannedResource, path: readonly string[], depth = 0): Leads {
    const { module, key } = resource;
    const place = { module, key, forEach: this.configurationOf(resource)?.forEach };
    return this.resolve(this.expressionOf(resource, path), place, depth);
  }

  private configurationOf({ module, type, name }: PlannedResource) {
    return this.modules.get(withoutKeys(module))?.resources.get(`${type}.${name}`);
  }

  private resolve(expression: Json | undefined, from: Place, depth = 0): Leads {
    if (depth > DEEPEST) return ANYTHING;
    if (isRecord(expression) && "constant_value" in expression) return ofConstant(expression["constant_value"]);
    const references = list(expression, "references").filter((each) => typeof each === "string");
    const longest = references.filter(
      (each) => !references.some((other) => other.startsWith(`${each}.`) || other.startsWith(`${each}[`)),
    );
    const isKeyed = references.some((each) => /^(count\.|each\.)/.test(each)) && from.key !== "";
    return together(longest.map((reference) => this.follow(reference, { from, isKeyed, depth })));
  }

  private follow(reference: string, following: Following): Leads {
    const { from, depth } = following;
    const [first = "", second = "", ...rest] = reference.split(/\.(?![^[]*\])/);
    const attribute = (rest[0] ?? "id").replace(/\[.*$/, "");
    const [name, key] = splitKey(second);
    if (first === "var") return picked(this.variable(name, from, depth), key, following);
    if (first === "module") {
      const [output, index] = splitKey(rest[0] ?? "");
      return picked(this.output(second, output, following), index, following);
    }
    if (first === "each" && second === "value") {
      const each = this.resolve(from.forEach, { ...from, forEach: undefined }, depth + 1);
      const { found, whole } = picked(each, undefined, { ...following, isKeyed: true });
      return {
        found: found.map((one) => ({ ...one, attribute: rest[0] === undefined ? one.attribute : attribute })),
        whole,
      };
    }
    if (["each", "count", "path", "terraform", "self"].includes(first)) return NOTHING;
    if (first === "data" && DOCUMENTS.has(second)) return this.document(rest[0] ?? "", second, following);
    if (first === "data" || first === "local") return ANYTHING;
    const instances = this.instances.get(`${from.module}|${first}.${name}`) ?? [];
    const found = instances.map(({ address }) => ({ address, attribute }));
    const own = key === undefined ? undefined : found.filter((_, at) => instances[at]?.key === key);
    const leads =
      own === undefined ? picked({ found, whole: true }, undefined, following) : { found: own, whole: true };
    return NAMES.has(attribute) ? leads : this.through(leads, instances, depth);
  }

  /** An argument of another resource, such as the subnets of a subnet group, is what that one was given for it. */
  private through({ found, whole }: Leads, instances: readonly PlannedResource[], depth: number): Leads {
    return together(
      found.map((referred) => {
        const resource = instances.find(({ address }) => address === referred.address);
        const given = resource === undefined ? NOTHING : this.leadsOf(resource, [referred.attribute], depth + 1);
        return given.found.length > 0 ? given : { found: [referred], whole };
      }),
    );
  }

  private variable(name: string, { module }: Place, depth: number): Leads {
    const configured = this.modules.get(withoutKeys(module));
    if (configured === undefined) return ANYTHING;
    const caller = callerOf(module);
    const key = /\[[^\]]*\]$/.exec(module)?.[0] ?? "";
    return this.resolve(configured.arguments[name], { module: caller, key, forEach: configured.forEach }, depth + 1);
  }

  private output(call: string, output: string, { from, isKeyed, depth }: Following): Leads {
    const address = from.module === "" ? `module.${call}` : `${from.module}.module.${call}`;
    const declared = this.modules.get(withoutKeys(address))?.outputs[output];
    if (!isRecord(declared)) return ANYTHING;
    const all = [...(this.moduleInstances.get(withoutKeys(address)) ?? [])].filter(
      (each) => callerOf(each) === from.module,
    );
    const wanted = all.includes(address) ? address : isKeyed ? `${address}${from.key}` : undefined;
    const meant = wanted !== undefined && all.includes(wanted) ? [wanted] : all.length === 0 ? [address] : all;
    return together(meant.map((module) => this.resolve(declared["expression"], { module, key: "" }, depth + 1)));
  }

  private document(name: string, type: string, { from, depth }: Following): Leads {
    const [own] = splitKey(name);
    const configured = this.modules.get(withoutKeys(from.module))?.resources.get(`data.${type}.${own}`);
    const references = referencesIn(configured?.expressions);
    return this.resolve({ references }, { ...from, forEach: configured?.forEach }, depth + 1);
  }
}

/** All references of an expression, or of the blocks of one. */
function referencesIn(expression: Json | undefined): readonly Json[] {
  if (Array.isArray(expression)) return (expression as readonly Json[]).flatMap(referencesIn);
  if (!isRecord(expression)) return [];
  if (Array.isArray(expression["references"])) return list(expression, "references");
  return Object.values(expression).flatMap(referencesIn);
}

/** A number or a switch decides among what there is; a text or a list may be a part of it. */
function ofConstant(value: Json | undefined): Leads {
  const isPart = typeof value === "string" || (Array.isArray(value) && value.length > 0) || isRecord(value);
  return isPart ? ANYTHING : NOTHING;
}

/** Where one of several is meant, by an index or by the instance's own key, that one. */
function picked(leads: Leads, key: string | undefined, { from, isKeyed }: Following): Leads {
  const wanted = key ?? (isKeyed ? from.key : undefined);
  if (wanted === undefined || leads.found.length < 2) return leads;
  const keyed = leads.found.filter(({ address }) => address.endsWith(wanted));
  if (keyed.length > 0) return { ...leads, found: keyed };
  const at = /^\[(\d+)\]$/.exec(wanted)?.[1];
  const indexed = at === undefined ? undefined : leads.found[Number(at)];
  return indexed === undefined ? leads : { ...leads, found: [indexed] };
}

function together(parts: readonly Leads[]): Leads {
  const found = parts.flatMap((part) => part.found);
  return {
    found: [...new Map(found.map((each) => [`${each.address}.${each.attribute}`, each])).values()],
    whole: parts.every(({ whole }) => whole),
  };
}

/** The address of the module that calls one: `module.a[0].module.b` is called by `module.a[0]`. */
function callerOf(module: string): string {
  const caller = module.replace(/\.?module\.[^.[\]]+(\[[^\]]*\])?$/, "");
  return caller === module ? "" : caller; // what ends in no module is called by nobody
}

/** `private[0]` is `private` and `[0]`. */
function splitKey(text: string): readonly [string, string?] {
  const at = text.indexOf("[");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at)];
}
