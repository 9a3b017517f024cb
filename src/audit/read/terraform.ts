import type { DeclaredResource, Template } from "../template.ts";
import { type Json, type SourceDocument, isRecord } from "./document.ts";
import { Attached } from "./terraform/attached.ts";
import { Block, type BlockContext } from "./terraform/block.ts";
import { ATTACHMENTS, TRANSLATIONS, TYPE_NAMES } from "./terraform/families.ts";
import {
  type PlannedResource,
  moduleConfigurations,
  plannedResources,
  providerRegions,
  withoutKeys,
} from "./terraform/plan.ts";
import { type Referred, References } from "./terraform/reference.ts";
import { type Properties, merged, namesOf, tagsOf, translated } from "./terraform/translation.ts";

/** Whether a document is the JSON of a Terraform plan. */
export function isTerraformPlan({ data }: SourceDocument): boolean {
  return isRecord(data) && typeof data["format_version"] === "string" && isRecord(data["planned_values"]);
}

/**
 * A plan as templates of CloudFormation's types and properties, one for each region that its providers name. What is
 * only known once it is applied is a reference where the configuration leads to one resource, else unknown.
 */
export function templatesOfPlan(document: SourceDocument, options: { region: string | null }): readonly Template[] {
  const { data, file } = document;
  const resources = plannedResources(data);
  const modules = moduleConfigurations(data);
  const regions = providerRegions(data);
  const providerOf = ({ module, type, name }: PlannedResource): string =>
    modules.get(withoutKeys(module))?.resources.get(`${type}.${name}`)?.provider ?? "aws";
  const regionOf = (resource: PlannedResource): string | null => {
    const own = resource.values["region"];
    if (typeof own === "string") return own;
    const provider = providerOf(resource);
    const isAlias = /(^|:)aws\./.test(provider); // made for another region than the default, whichever it is
    return regions.get(provider) ?? (isAlias ? null : (regions.get("aws") ?? options.region));
  };
  const nameOf = (region: string | null): string => (region === null ? file : `${file} ${region}`);
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const templateOf = new Map(resources.map((resource) => [resource.address, nameOf(regionOf(resource))]));
  const known = knownIds(resources);
  const context: BlockContext = {
    references: new References(resources, modules),
    refer: ({ address, attribute }) => ({
      "Holdfast::Reference": [templateOf.get(address) ?? file, address, attribute === "id" ? null : attribute],
    }),
    addressOf: (text) => known.get(text),
    knownOf: ({ address, attribute }) => byAddress.get(address)?.values[attribute] ?? undefined,
    typeOf: (address) => byAddress.get(address)?.type,
    regionOf,
  };
  const attached = new Attached(resources, context);
  const own = resources.filter(({ type }) => !ATTACHMENTS.has(type));
  const byRegion = Map.groupBy(own, regionOf);
  return [...byRegion].map(([region, each]) => ({
    name: nameOf(region),
    file,
    dialect: "terraform",
    region,
    parameters: {},
    mappings: {},
    conditions: {},
    outputs: {},
    resources: each.flatMap((resource) => declare(resource, { from: context, source: document, attached })),
    parent: null,
  }));
}

/** A resource of the plan as CloudFormation's resources, with what is attached to it. */
function declare(
  resource: PlannedResource,
  { from, source, attached }: { from: BlockContext; source: SourceDocument; attached: Attached },
): readonly DeclaredResource[] {
  const translation = TRANSLATIONS.get(resource.type);
  const block = Block.of(resource, from);
  const parts: readonly Properties[] = [
    translation === undefined ? {} : { ...tagsOf(block), ...translated(block, translation.properties) },
    ...attached.to(resource),
  ];
  const made = { type: translation?.type ?? resource.type, properties: merged(parts) };
  const declared: DeclaredResource = {
    id: resource.address,
    ...(translation?.reshape?.(made.properties, block) ?? made),
    attributes: translation?.attributes === undefined ? {} : translated(block, translation.attributes),
    metadata: {},
    construct: null,
    locate: () => source.locate(resource.path),
    names: namesOfType(resource.type),
  };
  const also = translation?.also?.(block, from.refer({ address: resource.address, attribute: "id" })) ?? [];
  return [
    declared,
    ...also.map((each, at) => ({ ...declared, ...each, id: `${resource.address} (${at})`, attributes: {} })),
  ];
}

const namesByType = new Map<string, Readonly<Record<string, string>>>();

/** What Terraform calls the properties of a type, what is attached to it, and CloudFormation's types. */
function namesOfType(type: string): Readonly<Record<string, string>> {
  const before = namesByType.get(type);
  if (before !== undefined) return before;
  const translation = TRANSLATIONS.get(type);
  const names: Record<string, string> = { ...TYPE_NAMES, ...translation?.names };
  for (const [name, { of, properties }] of ATTACHMENTS) {
    if (of !== type) continue;
    const own = Object.keys(properties).map((property) => [property, name] as const);
    Object.assign(names, namesOf(properties), Object.fromEntries(own)); // what is missing is the resource beside it
  }
  Object.assign(names, namesOf(translation?.properties ?? {}));
  namesByType.set(type, names);
  return names;
}

/** What AWS makes: an ARN, a URL, `subnet-0a1b2c3d`. An id that is a name, such as `redis`, may be many things. */
const MADE_BY_AWS = /^arn:|^https?:|-[0-9a-f]{8}/;

/** Resources by the ids that earlier applies gave them. */
function knownIds(resources: readonly PlannedResource[]): ReadonlyMap<string, Referred> {
  const known = new Map<string, Referred>();
  for (const { address, values } of resources) {
    for (const attribute of ["id", "arn"]) {
      const value: Json | undefined = values[attribute];
      if (typeof value === "string" && MADE_BY_AWS.test(value)) known.set(value, { address, attribute });
    }
  }
  return known;
}
