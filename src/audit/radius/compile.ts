/**
 * Compiles a model to what the engine of dependence takes: a part for each resource that something can happen to, one
 * for each of its instances, one for the way out of each subnet that programs stand in. It is plain data, so that
 * whatever asks after a definition's parts can ask after a template's.
 */
import type { Need, Part } from "../../topology/dependence.ts";
import { derived } from "../model/derived.ts";
import { labelOf } from "../model/label.ts";
import type { Model } from "../model/model.ts";
import { isGlobal } from "../model/region.ts";
import { wayOutOf } from "../model/route.ts";
import type { Resource } from "../model/resource.ts";
import { PROGRAMS } from "../model/standing/compute.ts";
import { standingOf } from "../model/standing/standing.ts";
import type { Standing, Unit } from "../model/standing/unit.ts";
import { needsOf } from "./need/all.ts";

/** A part of a template. */
export interface TemplatePart extends Part {
  /** An `instance` can be lost by itself; a `share` is what a resource has in a zone. */
  readonly kind: "resource" | "instance" | "share" | "way-out";
  /** Key of the resource that it is, or belongs to. */
  readonly resource: string;
  /** Logical id or address of that resource, with its file where that is not unique. */
  readonly name: string;
  readonly type: string;
}

/** What runs programs calls out: a default route by way of a NAT is taken to be there because they do. */
const CALLS_OUT: ReadonlySet<string> = new Set(PROGRAMS);

/** What may stand in any of more zones than this may as well stand anywhere. */
const MOST_PLACES = 100;

/** What a template's region is called where nothing tells which it is. */
const UNTOLD_REGION = "AWS::Region";

/** The region of a resource; null where it stands in none. */
function regionOf(resource: Resource): string | null {
  return isGlobal(resource) ? null : (resource.template.region ?? UNTOLD_REGION);
}

/** The parts of a model. Resources that stand nowhere, need nothing and that nothing needs are left out. */
export const partsOf: (model: Model) => readonly TemplatePart[] = derived((model) => {
  const compiler = new Compiler(model);
  for (const resource of model.resources) compiler.add(resource);
  return compiler.parts();
});

class Compiler {
  private readonly model: Model;
  private readonly hasRegions: boolean;
  private readonly made = new Map<string, TemplatePart>();
  private readonly needed = new Map<string, Resource>();
  /** By template, the zones that something in it is known to stand in. */
  private readonly zones = new Map<string, Set<string>>();
  /** What is alone, and nobody says where, by its id; with its template. */
  private readonly placeless = new Map<string, string>();

  constructor(model: Model) {
    this.model = model;
    this.hasRegions = new Set(model.templates.map(({ region }) => region)).size > 1;
  }

  add(resource: Resource): void {
    const standing = standingOf(resource, this.model);
    const needs = [...this.unitNeeds(resource, standing), ...this.resourceNeeds(resource)];
    if (standing !== undefined || needs.length > 0) this.make(resource, needs);
  }

  parts(): readonly TemplatePart[] {
    for (const resource of this.needed.values()) if (!this.made.has(resource.key)) this.make(resource, []);
    return [...this.made.values()].map((part) => {
      const zones = this.zones.get(this.placeless.get(part.id) ?? "");
      if (zones === undefined || zones.size < 2 || zones.size > MOST_PLACES) return part;
      return { ...part, place: { ...part.place, zones: [...zones] } }; // it may be in any of them
    });
  }

  private make(resource: Resource, needs: readonly Need[]): void {
    const place = { region: regionOf(resource), zones: [] };
    this.made.set(resource.key, { ...this.partOf(resource, "resource"), id: resource.key, place, needs });
  }

  /** A resource needs one of its instances; where nobody counts them, it may have but one. */
  private unitNeeds(resource: Resource, standing: Standing | undefined): readonly Need[] {
    if (standing === undefined) return [];
    const kind = standing.isCounted && standing.isSingle ? "instance" : "share";
    const ids = standing.units.map((unit, at) => this.unit(resource, unit, { kind, name: String(at) }));
    const needs: Need[] = [{ of: ids, atLeast: 1, isSure: true }];
    if (!standing.isCounted && standing.units.length > 1) {
      const zones = [...new Set(standing.units.flatMap((unit) => unit.zones))];
      const lone = { zones, subnets: standing.units.flatMap(({ subnets }) => subnets) };
      needs.push({ of: [this.unit(resource, lone, { kind, name: "only" })], atLeast: 1, isSure: false });
    }
    return needs;
  }

  private unit(
    resource: Resource,
    { zones, subnets }: Unit,
    { kind, name }: { readonly kind: TemplatePart["kind"]; readonly name: string },
  ): string {
    const id = `${resource.key}/${name}`;
    const region = regionOf(resource);
    const place = { region, zones: zones.map((zone) => this.zoneName(zone, region)) };
    const { name: template } = resource.template;
    const isAlone = standingOf(resource, this.model)?.units.length === 1;
    if (kind === "instance" && isAlone && zones.length === 0) this.placeless.set(id, template);
    for (const zone of place.zones) this.zones.set(template, (this.zones.get(template) ?? new Set()).add(zone));
    const needs = CALLS_OUT.has(resource.type) ? this.wayOutNeeds(subnets) : [];
    this.made.set(id, { ...this.partOf(resource, kind), id, place, needs });
    return id;
  }

  /** The first zone of one region is not that of another. */
  private zoneName(zone: string, region: string | null): string {
    return this.hasRegions && !/^[a-z]{2}(-[a-z]+)+-\d/.test(zone) ? `${zone} of ${region ?? "no region"}` : zone;
  }

  /** What stands in one of several subnets surely stops when none of them leads out any more. */
  private wayOutNeeds(subnets: readonly Resource[]): readonly Need[] {
    const ways = [...new Set(subnets)].map((subnet) => this.wayOut(subnet));
    const known = ways.filter((way) => way !== undefined);
    if (known.length === 0) return [];
    const sure: Need[] = known.length === ways.length ? [{ of: known, atLeast: 1, isSure: true }] : [];
    return [...sure, ...known.map((way) => ({ of: [way], atLeast: 1, isSure: false }))];
  }

  private wayOut(subnet: Resource): string | undefined {
    const way = wayOutOf(subnet, this.model);
    if (way?.by === undefined || standingOf(way.by, this.model) === undefined) return undefined;
    const id = `${subnet.key}/way out`;
    const needs = [{ of: [way.by.key], atLeast: 1, isSure: way.route.exists === "yes" }];
    this.made.set(id, { ...this.partOf(subnet, "way-out"), id, place: { region: regionOf(subnet), zones: [] }, needs });
    return id;
  }

  private resourceNeeds(resource: Resource): readonly Need[] {
    return needsOf(resource, this.model).flatMap(({ of, isSure }) => {
      const others = of.filter((each) => each !== resource);
      if (others.length === 0) return [];
      for (const each of others) this.needed.set(each.key, each);
      const need: Need = { of: others.map(({ key }) => key), atLeast: 1, isSure };
      // What a condition may leave out may be of no help.
      const certain = others.filter(({ exists }) => exists === "yes");
      const isOpen = certain.length > 0 && certain.length < others.length;
      return isOpen ? [need, { ...need, of: certain.map(({ key }) => key), isSure: false }] : [need];
    });
  }

  private partOf(resource: Resource, kind: TemplatePart["kind"]): Omit<TemplatePart, keyof Part> {
    return { kind, resource: resource.key, name: labelOf(resource, this.model), type: resource.type };
  }
}
