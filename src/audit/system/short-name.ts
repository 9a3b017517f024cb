import type { Resource } from "../model/resource.ts";

/**
 * What each of these is called in a table: its id, with as much of the path of the stacks around it as tells it from
 * all others: `Service`, or `Orders#Service` where several stacks have one.
 */
export function shortNames(resources: readonly Resource[]): ReadonlyMap<Resource, string> {
  const names = new Map<Resource, string>();
  let open = resources.map((resource) => ({ resource, around: resource.template.name.split(/[\\/]/) }));
  for (let kept = 0; open.length > 0; kept += 1) {
    const nameOf = ({ resource, around }: (typeof open)[number]): string =>
      kept === 0 ? resource.id : `${around.slice(-kept).join("/")}#${resource.id}`;
    const alike = Map.groupBy(open, nameOf);
    const isTold = (each: (typeof open)[number]): boolean =>
      alike.get(nameOf(each))?.length === 1 || each.around.length <= kept;
    for (const each of open.filter(isTold)) names.set(each.resource, nameOf(each));
    open = open.filter((each) => !isTold(each));
  }
  return names;
}
