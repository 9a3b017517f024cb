import type { TemplateAssumptions, TemplateView } from "../../topology/template-system.ts";
import type { Model } from "../model/model.ts";
import { isGlobal } from "../model/region.ts";
import type { Resource } from "../model/resource.ts";
import { standingOf } from "../model/standing/standing.ts";
import type { Standing, Unit } from "../model/standing/unit.ts";
import { Notes } from "./note.ts";
import { shortNames } from "./short-name.ts";

/** What a region's zones are called where nobody names one. */
const UNNAMED_ZONES = ["zone 0", "zone 1", "zone 2"];

/** What is asked of a model while a system is made of it: names, regions and zones, as told, else assumed. */
export class Survey {
  readonly model: Model;
  readonly told: TemplateAssumptions;
  readonly view: TemplateView;
  readonly notes = new Notes();
  /** The region that is played; null: no template says where it is deployed. */
  readonly region: string | null;
  /** Its zones. */
  readonly zones: readonly string[];
  /** What stands in that region, or in none, by its name. */
  readonly here: ReadonlyMap<Resource, string>;
  /** Things that stand alone, in the order in which they were placed. */
  readonly #alone: string[] = [];

  constructor(model: Model, told: TemplateAssumptions, view: TemplateView) {
    this.model = model;
    this.told = told;
    this.view = view;
    const all = [...Map.groupBy(model.templates, ({ region }) => region)];
    const sized = all.map(([region, own]) => ({ region, size: sizeOf(own) }));
    const [largest] = sized.toSorted((a, b) => b.size - a.size);
    this.region = told.region ?? largest?.region ?? null;
    for (const { region, size } of sized) {
      if (region !== this.region && region !== null && size > 0) this.notes.add("region", region);
    }
    this.here = shortNames(model.resources.filter((resource) => this.#isOf(resource)));
    this.zones = this.#zonesNamed();
  }

  /** The zones that are named by what is there, and by the assumptions. */
  #zonesNamed(): readonly string[] {
    const given = [...this.here.keys()].flatMap((resource) => standingOf(resource, this.model)?.given.places ?? []);
    const named = new Set([...given.map(({ zone }) => zone), ...Object.values(this.told.zones).flat()]);
    if (named.size > 0) return [...named].toSorted();
    this.notes.add("zones");
    return UNNAMED_ZONES;
  }

  /** What a resource is called. */
  nameOf(resource: Resource): string {
    return this.here.get(resource) ?? resource.id;
  }

  /** Whether a resource is of the region that is played, or of none. */
  isHere(resource: Resource): boolean {
    return this.here.has(resource);
  }

  #isOf(resource: Resource): boolean {
    return isGlobal(resource) || resource.template.region === null || resource.template.region === this.region;
  }

  /** The zone of each instance. */
  placed(resource: Resource, { units }: Pick<Standing, "units">): readonly string[] {
    const name = this.nameOf(resource);
    const told = this.told.zones[name];
    return units.map((unit, at) => {
      const zone = told?.[at % told.length] ?? (unit.zones.length === 1 ? unit.zones[0] : undefined);
      return zone ?? this.#assumed(name, { unit, at, isAlone: units.length === 1 });
    });
  }

  /** The zones that something is spread over. */
  spreadOver(resource: Resource, { given: { places, whole } }: Pick<Standing, "given">): readonly string[] {
    const name = this.nameOf(resource);
    const told = this.told.zones[name];
    if (told !== undefined && told.length > 0) return told;
    const known = [...new Set(places.map(({ zone }) => zone))];
    if (whole) return known;
    this.notes.add("spread", name);
    if (this.view === "worst") return (known.length > 0 ? known : this.zones).slice(0, 1);
    return known.length > 0 ? known : this.zones;
  }

  /** Things that stand alone are in the first zone that they may be in; at worst each is in one of its own. */
  #assumed(name: string, { unit, at, isAlone }: { unit: Unit; at: number; isAlone: boolean }): string {
    const zones = unit.zones.length > 0 ? unit.zones : this.zones;
    this.notes.add(isAlone ? "place" : "spread", name);
    if (!this.#alone.includes(name)) this.#alone.push(name);
    const apart = this.view === "worst" ? this.#alone.indexOf(name) : 0;
    const index = isAlone ? apart : this.view === "worst" ? 0 : at;
    return zones[index % zones.length]!; // the remainder is an index: there are zones
  }
}

function sizeOf(templates: Model["templates"]): number {
  return templates.reduce((sum, { resources }) => sum + resources.length, 0);
}
