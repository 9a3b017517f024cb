import type { TemplateComponent } from "../../topology/template-system.ts";
import type { Resource } from "../model/resource.ts";
import { wayOutOf } from "../model/route.ts";
import { PROGRAMS } from "../model/standing/compute.ts";
import { standingOf } from "../model/standing/standing.ts";
import type { Survey } from "./survey.ts";

const RUNS_PROGRAMS: ReadonlySet<string> = new Set(PROGRAMS);

/** Instances that a program's zones call out by, where they do so by one: it can be lost as any other. */
export function gatewaysOf(program: Resource, survey: Survey): readonly Resource[] {
  const found = [...gateways(program, survey).values()];
  return [...new Set(found)].filter(({ type }) => type === "AWS::EC2::Instance");
}

/**
 * The ways out of a program's zones that lead through another zone, and are lost with it. One that leads through the
 * program's own zone takes nothing that the loss of the zone does not.
 */
export function waysOut(program: Resource, survey: Survey): readonly TemplateComponent[] {
  const byZone = [...gateways(program, survey)].filter(([, { type }]) => type === "AWS::EC2::NatGateway");
  const zones = [...new Set((standingOf(program, survey.model)?.given.places ?? []).map(({ zone }) => zone))];
  return [...Map.groupBy(byZone, ([, gateway]) => gateway)].flatMap(([gateway, served]): TemplateComponent[] => {
    const standing = standingOf(gateway, survey.model);
    const [by] = standing === undefined ? [] : survey.placed(gateway, standing);
    const through = served.map(([zone]) => zone).filter((zone) => zone !== by);
    if (by === undefined || through.length === 0) return [];
    const name = survey.nameOf(gateway);
    survey.notes.add("wayOut", name);
    const id = `${name} for ${survey.nameOf(program)}`;
    return [{ id, name, kind: "way out", scope: "region", works: { kind: "way-out", zones, through, by } }];
  });
}

/** By what each zone of a program calls out, where its route leads through something that stands in a zone. */
function gateways(program: Resource, { model }: Survey): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  if (!RUNS_PROGRAMS.has(program.type)) return found;
  for (const { zone, subnet } of standingOf(program, model)?.given.places ?? []) {
    const by = subnet && wayOutOf(subnet, model)?.by;
    if (by && standingOf(by, model) !== undefined && !found.has(zone)) found.set(zone, by);
  }
  return found;
}
