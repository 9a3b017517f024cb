import type { Resource } from "../model/resource.ts";
import { PROGRAMS } from "../model/standing/compute.ts";
import { needsOf } from "../radius/need/all.ts";
import type { Survey } from "./survey.ts";
import type { Way, Ways } from "./journey.ts";

/** What answers requests from outside, the outermost first. */
const ENTRIES = [
  "AWS::CloudFront::Distribution",
  "AWS::GlobalAccelerator::Accelerator",
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::ElasticLoadBalancing::LoadBalancer",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGatewayV2::Api",
  "AWS::AppSync::GraphQLApi",
  "AWS::Lambda::Url",
  "AWS::ElasticBeanstalk::Environment",
];

/** The ways from where customers come in: as told, else from what answers from outside, else from programs. */
export function waysIn(survey: Survey, ways: Ways): readonly Way[] {
  const { model, told, notes } = survey;
  const all = [...survey.here.keys()];
  if (told.entries.length > 0) {
    return all.filter((each) => told.entries.includes(survey.nameOf(each))).flatMap((each) => ways.from(each));
  }
  const doors = ENTRIES.flatMap((type) => all.filter((resource) => resource.type === type));
  const outer = doors.filter(isOpenToAll).filter((door, at, others) => {
    const isInstead = door.exists !== "yes" && others.slice(0, at).some((other) => isAlike(door, other));
    if (isInstead) notes.add("condition", survey.nameOf(door));
    return !isInstead;
  });
  const found = outermost(outer.length > 0 ? outer : doors, ways);
  if (found.length > 0) {
    for (const { entry, of } of found) {
      notes.add("entry", survey.nameOf(entry));
      if (of.every(({ needs }) => [...needs].every(({ type }) => !isServed(type)))) {
        notes.add("open", survey.nameOf(entry));
      }
    }
    return found.flatMap(({ of }) => of);
  }
  const needed = new Set(
    all.flatMap((each) => needsOf(each, model).flatMap(({ of }) => of.filter((to) => to !== each))),
  );
  const programs = all.filter((each) => PROGRAMS.includes(each.type) && !needed.has(each));
  for (const each of programs) notes.add("program", survey.nameOf(each));
  return programs.flatMap((each) => ways.from(each));
}

interface Entered {
  readonly entry: Resource;
  readonly of: readonly Way[];
}

/** Of two of one kind in one template, of which conditions decide, one is there in place of the other. */
function isAlike(door: Resource, other: Resource): boolean {
  return door.type === other.type && door.template === other.template && other.exists !== "yes";
}

/** A door behind another door is no entry of its own. */
function outermost(doors: readonly Resource[], ways: Ways): readonly Entered[] {
  const entered = doors.map((entry) => ({ entry, of: ways.from(entry) }));
  const behind = new Set(
    entered.flatMap(({ entry, of }) => of.flatMap(({ needs }) => [...needs].filter((each) => each !== entry))),
  );
  return entered.filter(({ entry }) => !behind.has(entry));
}

/** Whether it may be reached from outside of its network. */
function isOpenToAll(door: Resource): boolean {
  const types = door.at("EndpointConfiguration.Types");
  const isPrivate = Array.isArray(types) && types.includes("PRIVATE");
  return door.at("Scheme") !== "internal" && !isPrivate;
}

/** Whether a door has something behind it that serves. */
function isServed(type: string): boolean {
  return PROGRAMS.includes(type) || /::(Bucket|StateMachine|Queue|Topic|Table|GlobalTable|Environment)$/.test(type);
}
