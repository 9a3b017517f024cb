/**
 * Whether a path matches a pattern of CloudFront's: `*` stands for any characters, `?` for one.
 * Takes at most as many steps as the lengths of both multiplied.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  let at = 0; // in the pattern
  let reached = 0; // in the path
  let retry: { readonly at: number; reached: number } | undefined;
  while (reached < path.length) {
    if (pattern[at] === "*") {
      retry = { at: ++at, reached };
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === path[reached])) {
      at++;
      reached++;
    } else if (retry) {
      at = retry.at;
      reached = ++retry.reached;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** The service that answers `path`, by the pattern that it matches; undefined where it matches none. */
export function routeFor(routes: Readonly<Record<string, string>>, path: string): string | undefined {
  const pattern = patternFor(Object.keys(routes), path);
  return pattern === undefined ? undefined : routes[pattern];
}

/**
 * The pattern that `path` goes by; undefined where none matches. The most specific pattern wins, the one with the most
 * characters that are no wildcards, so that the order of the routes does not count. Neither does the query.
 */
export function patternFor(patterns: readonly string[], path: string): string | undefined {
  const [bare = ""] = path.split("?", 1);
  const specific = (pattern: string): number => pattern.replaceAll(/[*?]/g, "").length;
  return patterns.filter((pattern) => matchesPattern(pattern, bare)).sort((a, b) => specific(b) - specific(a))[0];
}
