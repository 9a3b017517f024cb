/**
 * What a model tells of a system whose years are to be played: components that can fail, in which zones they stand,
 * who waits for whom, and what customers wait for. What it does not tell is assumed, and said.
 */
import { UserError } from "../../base/error.ts";
import type {
  TemplateAssumptions,
  TemplateComponent,
  TemplateJourney,
  TemplateSystem,
  TemplateView,
} from "../../topology/template-system.ts";
import type { AuditCode } from "../codes.ts";
import type { Model } from "../model/model.ts";
import type { Resource } from "../model/resource.ts";
import { waysIn } from "./entry.ts";
import { type Way, Ways } from "./journey.ts";
import { nothingAnswers } from "./nothing.ts";
import { Survey } from "./survey.ts";
import { waysOut } from "./way-out.ts";
import { type Role, roleOf } from "./works.ts";

/** What a region is called where no template says which it is. */
const UNTOLD_REGION = "the region";

/** The system of a model. Throws a `UserError` where nothing in it answers, or where the assumptions do not fit. */
export function templateSystem(model: Model, told: TemplateAssumptions, view: TemplateView): TemplateSystem {
  checkNames(model, told);
  const survey = new Survey(model, told, view);
  const ways = new Ways(survey);
  const entered = waysIn(survey, ways);
  const reached = new Set(entered.flatMap(({ needs }) => [...needs]));
  const maker = new Maker(survey, ways);
  const journeys = entered.map((way) => maker.journey(way));
  if (maker.components.length === 0) throw nothingAnswers([...survey.here.values()]);
  checkLoad(maker.components, told);
  survey.notes.add("carrier");
  return {
    region: {
      name: survey.region ?? UNTOLD_REGION,
      index: 0,
      role: "primary",
      zones: survey.zones.map((name, index) => ({ name, index })),
    },
    components: maker.components,
    waits: maker.waits(reached),
    journeys: distinct(journeys),
    assumes: survey.notes.sentences(),
  };
}

/** Makes components of resources, each once. */
class Maker {
  readonly #survey: Survey;
  readonly #ways: Ways;
  readonly #made = new Map<string, readonly TemplateComponent[]>();

  constructor(survey: Survey, ways: Ways) {
    this.#survey = survey;
    this.#ways = ways;
  }

  get components(): readonly TemplateComponent[] {
    return [...this.#made.values()].flat();
  }

  journey({ id, needs }: Way): TemplateJourney {
    const isProxied = (resource: Resource): boolean =>
      [...needs].some(({ type, key }) => /::DBProxy/.test(type) && this.#isNamedBy(resource, key));
    const parts = [...needs].flatMap((resource) => this.#componentsOf(resource, isProxied(resource)));
    return { id, needs: [...new Set(parts.map((component) => component.id))] };
  }

  /** Who waits for whom, without those between that only carry. */
  waits(reached: ReadonlySet<Resource>): TemplateSystem["waits"] {
    return [...reached].flatMap((resource) => {
      const [from] = this.#made.get(this.#idOf(resource)) ?? [];
      if (from?.works.kind !== "tasks") return [];
      const needed = new Set(this.#ways.from(resource).flatMap(({ needs }) => [...needs]));
      needed.delete(resource);
      const ids = [...needed].flatMap((each) => this.#made.get(this.#idOf(each))?.[0]?.id ?? []);
      return [...new Set(ids)].map((to) => ({ from: from.id, to }));
    });
  }

  #componentsOf(resource: Resource, isProxied: boolean): readonly TemplateComponent[] {
    const id = this.#idOf(resource);
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const group = this.#ways.groups.get(resource) ?? [resource];
    const role = together(group.flatMap((each) => roleOf(each, this.#survey) ?? []));
    const made: TemplateComponent[] = role === undefined ? [] : [{ id, name: id, ...proxied(role, isProxied) }];
    for (const each of group) made.push(...waysOut(each, this.#survey));
    this.#made.set(id, made);
    return made;
  }

  #idOf(resource: Resource): string {
    const group = this.#ways.groups.get(resource) ?? [resource];
    return group.map((each) => this.#survey.nameOf(each)).join(", ");
  }

  #isNamedBy(database: Resource, proxy: string): boolean {
    const { model } = this.#survey;
    const groups = model.mentionsOf(database, "AWS::RDS::DBProxyTargetGroup").map(({ from }) => from);
    return groups.some((group) => model.target(group.at("DBProxyName"))?.key === proxy);
  }
}

/** One component of instances that stand for each other. */
function together(roles: readonly Role[]): Role | undefined {
  const [first, ...others] = roles;
  if (first?.works.kind !== "nodes" || others.length === 0) return first;
  const zones = roles.flatMap(({ works }) => (works.kind === "nodes" ? works.zones : []));
  return { ...first, works: { ...first.works, zones } };
}

function proxied(role: Role, isProxied: boolean): Role {
  return role.works.kind === "members" ? { ...role, works: { ...role.works, isProxied } } : role;
}

function distinct(journeys: readonly TemplateJourney[]): readonly TemplateJourney[] {
  const byNeeds = journeys.map((journey) => [journey.needs.toSorted().join("\n"), journey] as const);
  return [...new Map(byNeeds.toReversed()).values()].toReversed();
}

/** A system that is always overloaded has no years to play. */
function checkLoad(components: readonly TemplateComponent[], { peak }: TemplateAssumptions): void {
  const wrong = components.flatMap(({ name, works }) => {
    if (works.kind !== "tasks" || works.bears === null || peak === null) return [];
    const most = works.bears * works.most;
    return most < peak ? [`tasks: at most ${works.most} of ${name} bear ${most} requests/second`] : [];
  });
  if (wrong.length > 0) throw contradicted(`a peak of ${peak} requests/second is more than is borne`, wrong);
}

function contradicted(message: string, wrong: readonly string[]): UserError {
  return new UserError({
    code: "AUD-021" satisfies AuditCode,
    message: `${message}\n  ${wrong.join("\n  ")}`,
    fix: "mend the file of --assumptions; names are those of the templates, as a simulation tells them",
  });
}

/** All names that the assumptions give, and that no resource has, at once. */
function checkNames(model: Model, told: TemplateAssumptions): void {
  const survey = new Survey(model, told, "likely");
  const names = new Set(survey.here.values());
  const regions = new Set(model.templates.flatMap(({ region }) => region ?? []));
  const given = [
    ...told.entries.map((name) => ["entries", name] as const),
    ...Object.keys(told.zones).map((name) => ["zones", name] as const),
    ...Object.keys(told.tasks).map((name) => ["tasks", name] as const),
    ...Object.entries(told.needs).flatMap(([name, of]) => [name, ...of].map((each) => ["needs", each] as const)),
  ];
  const wrong = given.filter(([, name]) => !names.has(name)).map(([key, name]) => `${key}: "${name}" is no resource`);
  if (told.region !== null && !regions.has(told.region)) {
    wrong.push(`region: no template is of "${told.region}" (${[...regions].join(", ") || "none says its region"})`);
  }
  if (wrong.length > 0) throw contradicted("the assumptions name what these templates do not have", wrong);
}
