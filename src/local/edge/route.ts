import type { EdgeRoute } from "../../topology/kind/edge.ts";

/**
 * Makes the function that finds a path's route by CloudFront's path patterns, `*` for any characters and `?` for one;
 * null where none fits, so that the site answers. The most specific pattern wins, whatever the order: the one with the
 * most characters that are not wildcards.
 */
export function routeBy(routes: readonly EdgeRoute[]): (path: string) => EdgeRoute | null {
  const compiled = routes
    .map((route) => ({
      route,
      weight: route.pattern.replaceAll(/[*?]/g, "").length,
      expression: new RegExp(
        `^${route.pattern
          .split(/([*?])/)
          .map(toExpression)
          .join("")}$`,
        "s",
      ),
    }))
    .sort((a, b) => b.weight - a.weight);
  return (path) => compiled.find(({ expression }) => expression.test(path))?.route ?? null;
}

function toExpression(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  return part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
}
