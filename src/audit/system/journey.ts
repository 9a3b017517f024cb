/**
 * What customers wait for: from where they come in, along what is needed, as far as the templates tell. What hands
 * requests to several, each of which has customers of its own, begins a journey for each of them.
 */
import type { Model } from "../model/model.ts";
import type { Resource } from "../model/resource.ts";
import { membersOf } from "../model/standing/data.ts";
import { needsOf } from "../radius/need/all.ts";
import { PROGRAMS } from "../model/standing/compute.ts";
import type { Survey } from "./survey.ts";
import { gatewaysOf } from "./way-out.ts";

/** One way through a system. */
export interface Way {
  readonly id: string;
  readonly needs: ReadonlySet<Resource>;
}

const RUNS_PROGRAMS: ReadonlySet<string> = new Set([...PROGRAMS, "AWS::StepFunctions::StateMachine"]);

/** Whether these are told of as a part of what needs them: the members of a cluster, how a file system is mounted. */
function isPartOf(needed: readonly Resource[], by: Resource, model: Model): boolean {
  const members = membersOf(by, model);
  return needed.every((each) => each.type === "AWS::EFS::MountTarget" || members.includes(each));
}

/** Follows what is needed; what it meets, it tells the survey of. */
export class Ways {
  readonly #survey: Survey;
  readonly #byName: ReadonlyMap<string, Resource>;
  /** Instances that stand for each other behind what leads to them. */
  readonly groups = new Map<Resource, readonly Resource[]>();

  constructor(survey: Survey) {
    this.#survey = survey;
    this.#byName = new Map([...survey.here].map(([resource, name]) => [name, resource]));
  }

  /** All ways that begin at a resource. */
  from(entry: Resource, before: ReadonlySet<Resource> = new Set()): readonly Way[] {
    const { needs, branches } = this.#follow(entry, before);
    const id = this.#survey.nameOf(entry);
    const known = new Set([...before, ...needs]);
    const further = branches.filter((branch) => !known.has(branch)).flatMap((branch) => this.from(branch, known));
    if (further.length === 0) return [{ id, needs }];
    return further.map((way) => ({ id: `${id} → ${way.id}`, needs: new Set([...needs, ...way.needs]) }));
  }

  /** What is needed, one after the other, and what has customers of its own. */
  #follow(entry: Resource, before: ReadonlySet<Resource>) {
    const needs = new Set<Resource>();
    const branches = new Set<Resource>();
    const open = [entry];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (needs.has(next) || before.has(next) || !this.#survey.isHere(next)) continue;
      needs.add(next);
      open.push(...this.#needsOf(next, branches));
    }
    return { needs, branches: [...branches] };
  }

  #needsOf(resource: Resource, branches: Set<Resource>): readonly Resource[] {
    const { model, told, notes } = this.#survey;
    const name = this.#survey.nameOf(resource);
    const all = needsOf(resource, model).map(({ of, isSure }) => ({
      of: of.filter((each) => each !== resource && this.#survey.isHere(each)),
      isSure,
    }));
    const likely = new Set(all.flatMap(({ of, isSure }) => (isSure || of.length !== 1 ? [] : of)));
    const needed: Resource[] = (told.needs[name] ?? []).flatMap((each) => this.#byName.get(each) ?? []);
    for (const { of, isSure } of all) {
      if (!isSure || of.length === 0 || isPartOf(of, resource, model)) continue;
      if (of.length > 1 && of.every((each) => likely.has(each))) for (const each of of) branches.add(each);
      else needed.push(...this.#oneOf(resource, of));
    }
    if (!RUNS_PROGRAMS.has(resource.type)) for (const each of likely) branches.add(each);
    else {
      const open = [...likely].filter((each) => !needed.includes(each) && !isDoor(each));
      for (const each of open) notes.add("likely", `${this.#survey.nameOf(each)} by ${name}`);
      if (this.#survey.view === "worst") needed.push(...open);
      needed.push(...gatewaysOf(resource, this.#survey));
    }
    return needed;
  }

  /** Of several of which one is enough the first is followed, unless they are alike. */
  #oneOf(resource: Resource, of: readonly Resource[]): readonly Resource[] {
    if (of.length > 1 && of.every(({ type }) => type === "AWS::EC2::Instance")) {
      for (const each of of) this.groups.set(each, of);
      return of;
    }
    const [first, ...others] = of;
    for (const other of others) {
      this.#survey.notes.add("standIn", `${this.#survey.nameOf(other)} for ${this.#survey.nameOf(resource)}`);
    }
    return first === undefined ? [] : [first];
  }
}

/** Programs are told of the doors that they are reached by. */
function isDoor({ type }: Resource): boolean {
  return /::(LoadBalancer|RestApi|Api|UserPool)$/.test(type);
}
