import type { LossReport } from "../../base/audit-document.ts";
import { Dependence, type LostParts, type Outcome } from "../../topology/dependence.ts";
import { derived } from "../model/derived.ts";
import type { Model } from "../model/model.ts";
import { type TemplatePart, partsOf } from "./compile.ts";

/** Longer paths are told without their middle: so many names, and of a resource no more than three parts in a row. */
const LONGEST_PATH = 12;
const MOST_STEPS = LONGEST_PATH * 3;

/** What is there for others alone: that it stops matters to nobody else. */
const FOR_OTHERS = new Set(["AWS::EC2::NatGateway", "AWS::EFS::MountTarget"]);

/** Whether a loss takes all that stands somewhere. */
export function isPlace({ kind }: Pick<Loss, "kind">): boolean {
  return kind === "zone" || kind === "region";
}

/** A loss, and what is then lost. */
export interface Loss {
  readonly kind: LossReport["lost"]["kind"];
  readonly id: string;
  readonly parts: LostParts;
}

/** What depends on what in a model, and what a loss does to it. */
export class Radius {
  readonly dependence: Dependence;
  readonly parts: ReadonlyMap<string, TemplatePart>;
  /** By resource, those that surely need it. */
  private readonly dependents: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly needed: ReadonlySet<string>;

  constructor(parts: readonly TemplatePart[]) {
    this.parts = new Map(parts.map((part) => [part.id, part]));
    this.dependence = new Dependence(parts);
    this.dependents = dependentsOf(this.parts);
    this.needed = new Set(parts.flatMap(({ needs }) => needs.flatMap(({ of }) => of)));
  }

  /** The names of all zones that something stands in. */
  zones(): readonly string[] {
    const zones = new Set([...this.parts.values()].flatMap(({ place }) => place.zones));
    return [...zones].sort();
  }

  /** The loss of a zone that has a name. */
  zoneLoss(zone: string): Loss {
    return { kind: "zone", id: zone, parts: this.dependence.at("zone", zone) };
  }

  /** What follows from a loss. */
  outcome(loss: Loss): Outcome {
    return this.dependence.lose(loss.parts);
  }

  /**
   * The resources of what stops, or may: without those that are lost and that nothing misses, since another one stands
   * in for them, as the second NAT gateway does for the first.
   */
  resourcesOf(ids: readonly string[]): readonly TemplatePart[] {
    const all = new Set(ids);
    const stopped = ids.flatMap((id) => this.parts.get(id) ?? []).filter(({ kind }) => kind === "resource");
    return stopped.filter(({ id, type }) => {
      const dependents = this.dependents.get(id);
      return dependents === undefined ? !FOR_OTHERS.has(type) : hasAny(all, dependents);
    });
  }

  /** Whether anything needs a resource, or is likely to. */
  isNeeded(id: string): boolean {
    return this.needed.has(id);
  }

  /** A sentence-like path: `Service → PrivateSubnetB → NatGatewayA (zone 0)`. */
  pathTo(id: string, outcome: Outcome, loss: Loss): string {
    const names: string[] = [];
    for (const step of outcome.path(id, MOST_STEPS)) {
      const name = this.parts.get(step)?.name ?? step;
      if (names.at(-1) !== name) names.push(name);
    }
    const isLong = names.length > LONGEST_PATH;
    const path = (isLong ? [...names.slice(0, LONGEST_PATH - 2), "…", ...names.slice(-1)] : names).join(" → ");
    return isPlace(loss) ? `${path} (${loss.id})` : path;
  }
}

/** The radius of a model. */
export const radiusOf = derived((model: Model) => new Radius(partsOf(model)));

function hasAny(all: ReadonlySet<string>, ids: Iterable<string>): boolean {
  for (const id of ids) if (all.has(id)) return true;
  return false;
}

/** By resource, the resources that surely need it, by way of their instances and of the subnets' ways out too. */
function dependentsOf(parts: ReadonlyMap<string, TemplatePart>): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>(); // by the part of a way out, the resources whose instances use it
  const dependents = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, value: string): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, new Set([value]));
    else known.add(value);
  };
  const edges = [...parts.values()].flatMap((part) =>
    part.needs.filter(({ isSure }) => isSure).flatMap(({ of }) => of.map((id) => ({ part, to: parts.get(id) }))),
  );
  for (const { part, to } of edges) if (to?.kind === "way-out") add(users, to.id, part.resource);
  for (const { part, to } of edges) {
    if (to?.kind !== "resource") continue;
    const by = part.kind === "way-out" ? (users.get(part.id) ?? []) : [part.resource];
    for (const each of by) if (each !== to.id) add(dependents, to.id, each);
  }
  return dependents;
}
