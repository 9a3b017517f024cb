/** Which service a path goes to: CloudFront's path patterns, `*` for any characters and `?` for one. */
export interface Route {
  readonly pattern: string;
  readonly service: string;
}

/**
 * Makes the function that finds a path's service; null where no pattern fits, so that the site answers. The most
 * specific pattern wins, whatever the order: the one with the most characters that are not wildcards.
 */
export function routeBy(routes: readonly Route[]): (path: string) => string | null {
  const compiled = routes
    .map(({ pattern, service }) => ({
      service,
      weight: pattern.replaceAll(/[*?]/g, "").length,
      expression: new RegExp(
        `^${pattern
          .split(/([*?])/)
          .map(toExpression)
          .join("")}$`,
        "s",
      ),
    }))
    .sort((a, b) => b.weight - a.weight);
  return (path) => compiled.find(({ expression }) => expression.test(path))?.service ?? null;
}

function toExpression(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  return part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
}
