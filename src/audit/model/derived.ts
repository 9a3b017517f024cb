import type { Model } from "./model.ts";

/** Something that follows from a model, worked out when it is first asked for and once for each model. */
export function derived<T>(work: (model: Model) => T): (model: Model) => T {
  const known = new WeakMap<Model, { readonly result: T }>();
  return (model) => {
    const before = known.get(model) ?? { result: work(model) };
    known.set(model, before);
    return before.result;
  };
}
