import { Reference, type Value, keyOf } from "../evaluate/value.ts";
import { derived } from "./derived.ts";
import type { Mention, Model } from "./model.ts";
import type { Resource } from "./resource.ts";

/** What a type calls its own name, and what others call it: people and plans write names for references. */
const NAMES: Readonly<Record<string, { readonly own: string; readonly others: string }>> = {
  "AWS::AutoScaling::AutoScalingGroup": { own: "AutoScalingGroupName", others: "AutoScalingGroupName" },
  "AWS::EKS::Cluster": { own: "Name", others: "ClusterName" },
  "AWS::Lambda::Function": { own: "FunctionName", others: "FunctionName" },
};

/**
 * What a name is told by: plain, or of a parameter that nobody tells and both have. References are followed instead.
 */
function keyOfName(name: Value | undefined): string | undefined {
  return name === undefined || name instanceof Reference ? undefined : keyOf(name);
}

/** Who names what, by `property=name`. */
const namings = derived((model): ReadonlyMap<string, readonly Resource[]> => {
  const properties = new Set(Object.values(NAMES).map(({ others }) => others));
  const found = model.resources.flatMap((from) =>
    [...properties].flatMap((property) => {
      const name = keyOfName(from.at(property));
      return name !== undefined ? [{ key: `${property}=${name}`, from }] : [];
    }),
  );
  const byKey = Map.groupBy(found, ({ key }) => key);
  return new Map([...byKey].map(([key, each]) => [key, each.map(({ from }) => from)]));
});

const named = derived((model): ReadonlyMap<string, Resource> => {
  const resources = Object.entries(NAMES).flatMap(([type, { own }]) =>
    model.of(type).map((resource): [string, Resource] => [`${type}=${keyOfName(resource.at(own)) ?? ""}`, resource]),
  );
  return new Map(resources);
});

/** Who names a resource, by a reference or by its plain name. */
export function mentionsOrNamesOf(resource: Resource, model: Model): readonly Mention[] {
  const names = NAMES[resource.type];
  const name = names === undefined ? undefined : keyOfName(resource.at(names.own));
  const mentions = model.mentionsOf(resource);
  if (names === undefined || name === undefined) return mentions;
  const others = (namings(model).get(`${names.others}=${name}`) ?? []).filter((from) => from.type !== resource.type);
  return [...mentions, ...others.map((from) => ({ from, to: resource, path: names.others, attribute: null }))];
}

/** The resource of a type that a value stands for, or names. */
export function targetOrNamed(type: string, value: Value | undefined, model: Model): Resource | undefined {
  const name = keyOfName(value);
  return model.target(value) ?? (name === undefined ? undefined : named(model).get(`${type}=${name}`));
}
