/** The cookies of one customer, for one site: names and values. Paths and domains are not told apart. */
export interface CookieJar {
  /** The Cookie header; undefined where the jar is empty. */
  header(): string | undefined;
  /** Takes what a response sets; a lifetime of zero or less takes it out. Expiry dates are not kept. */
  store(setCookies: readonly string[]): void;
}

/** An empty jar. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    header: () => (cookies.size === 0 ? undefined : [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")),
    store(setCookies) {
      for (const line of setCookies) {
        const [pair = "", ...attributes] = line.split(";");
        const at = pair.indexOf("=");
        if (at < 1) continue;
        const name = pair.slice(0, at).trim();
        const gone = attributes.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute));
        if (gone) cookies.delete(name);
        else cookies.set(name, pair.slice(at + 1).trim());
      }
    },
  };
}
