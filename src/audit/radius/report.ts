import type { AuditProblem, LossReport } from "../../base/audit-document.ts";
import type { Model } from "../model/model.ts";
import type { TemplatePart } from "./compile.ts";
import { type Lost, whyNoneServes } from "./left.ts";
import { type Loss, type Radius, isPlace, radiusOf } from "./loss.ts";

/** No model is told more than this that stops, and this for each part: nobody has so much that waits for more. */
const MOST_TOLD = { model: 200_000, part: 5 } as const;

const PICKED = "the zone that AWS picks for";

/** What each loss stops. */
export interface LossReports {
  readonly reports: readonly LossReport[];
  /** A warning where not all of them are told. */
  readonly problems: readonly AuditProblem[];
}

/**
 * What the loss of each zone, region, instance and regional resource stops, with a path for each that stops. Zones and
 * regions are all told of, others where they stop something.
 */
export function lossReports(model: Model): LossReports {
  const radius = radiusOf(model);
  const services = new Map(model.of("AWS::ECS::Service").map((service) => [service.key, service]));
  const reports: LossReport[] = [];
  const most = MOST_TOLD.model + MOST_TOLD.part * radius.parts.size;
  let told = 0;
  let untold = 0;
  for (const loss of lossesOf(radius)) {
    if (told > most) {
      untold += 1;
      continue;
    }
    const outcome = radius.outcome(loss);
    told += outcome.stops.length + outcome.mayStop.length;
    const isPicked = loss.id.startsWith(PICKED);
    const report = reportOf({ radius, loss, outcome }, (id) => {
      const service = loss.kind === "zone" && !isPicked ? services.get(id) : undefined;
      return service && whyNoneServes(service, model, { radius, loss, outcome });
    });
    if (report.stops.length > 0 || (isPlace(loss) && !isPicked)) reports.push(report);
  }
  return { reports, problems: untold === 0 ? [] : [untoldOf(untold, reports)] };
}

function untoldOf(untold: number, reports: readonly LossReport[]): AuditProblem {
  const last = reports.at(-1)?.lost;
  const after = last === undefined ? "" : ` after ${last.kind} ${last.id}`;
  return {
    level: "warning",
    code: "AUD-018",
    at: "the blast radius",
    message: `what ${untold} more losses${after} stop is not told: too much depends on too much`,
    fix: "audit fewer templates at once",
  };
}

function* lossesOf(radius: Radius): Iterable<Loss> {
  const parts = [...radius.parts.values()];
  for (const zone of radius.zones()) yield radius.zoneLoss(zone);
  const instances = parts
    .filter(({ kind }) => kind === "resource")
    .flatMap((part) => soleInstance(part, radius.parts) ?? []);
  for (const { id, name, place } of instances) {
    if (place.zones.length !== 1) yield { kind: "zone", id: `${PICKED} ${name}`, parts: { sure: [id], possible: [] } };
  }
  const regions = new Set(parts.flatMap(({ place }) => place.region ?? []));
  for (const id of regions) yield { kind: "region", id, parts: radius.dependence.at("region", id) };
  for (const { id, name } of instances) yield { kind: "instance", id: name, parts: { sure: [id], possible: [] } };
  const single = new Set(instances.map(({ resource }) => resource));
  for (const { id, kind, name } of parts) {
    if (kind !== "resource" || single.has(id) || !radius.isNeeded(id)) continue;
    yield { kind: "component", id: name, parts: { sure: [id], possible: [] } };
  }
}

/** The only instance that a resource has, where that is told. */
function soleInstance(part: TemplatePart, parts: ReadonlyMap<string, TemplatePart>): TemplatePart | undefined {
  const own = part.needs
    .flatMap(({ of }) => of.flatMap((id) => parts.get(id) ?? []))
    .filter(({ kind }) => kind === "instance");
  const [only, ...others] = own;
  return others.length === 0 ? only : undefined;
}

function reportOf({ radius, loss, outcome }: Lost, whyOf: (id: string) => string | undefined): LossReport {
  const stops = radius.resourcesOf(outcome.stops);
  const open = new Set(outcome.mayStop);
  const mayStop = radius.resourcesOf([...outcome.stops, ...open]).filter(({ id }) => open.has(id));
  return {
    lost: { kind: loss.kind, id: loss.id },
    stops: unique(stops.map(({ name }) => name)),
    mayStop: unique(mayStop.map(({ name }) => name)),
    because: unique(stops.flatMap(({ id }) => [radius.pathTo(id, outcome, loss), whyOf(id) ?? []].flat())),
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
