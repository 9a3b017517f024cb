import { derived } from "../derived.ts";
import type { Model } from "../model.ts";
import type { Places } from "../place.ts";
import type { Resource } from "../resource.ts";
import { COMPUTE } from "./compute.ts";
import { DATA } from "./data.ts";
import { NETWORK } from "./network.ts";
import type { Standing, StandingOf } from "./unit.ts";

const STANDINGS: ReadonlyMap<string, StandingOf> = new Map(Object.entries({ ...COMPUTE, ...DATA, ...NETWORK }));

const standings = derived((model: Model) => {
  const known = new Map<string, Standing>();
  for (const resource of model.resources) {
    const standing = STANDINGS.get(resource.type)?.(resource, model);
    if (standing !== undefined) known.set(resource.key, standing);
  }
  return known;
});

/** In which zones the instances of a resource stand; undefined where it stands in none, as what a whole region runs. */
export function standingOf(resource: Resource, model: Model): Standing | undefined {
  return standings(model).get(resource.key);
}

/** The subnets and zones that a resource is given, those that it does not use (yet) included. */
export function placesGiven(resource: Resource, model: Model): Places | undefined {
  return standingOf(resource, model)?.given;
}
