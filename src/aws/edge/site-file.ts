import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { contentTypeOf } from "../../base/content-type.ts";
import { UserError } from "../../base/error.ts";
import { SITE_OBJECT } from "../../facts/edge.ts";
import type { EdgeSettings } from "../../topology/kind/edge.ts";
import type { AwsCode } from "../codes.ts";

/** A file of the static site, as `deploy` puts it into a bucket. */
export interface SiteFile {
  /** Where it is, absolute. */
  readonly path: string;
  /** What it is called in the bucket: its path below the folder, with slashes. */
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/**
 * The files of a static site, in the order in which they are to be put into a bucket: pages last, so that no page names
 * a file that is not there yet. A link counts as the file that it leads to; one that leads out of the folder or to
 * another folder is left out. Throws a `UserError` (AWS-046) for a name that no object can have.
 */
export function siteFiles(directory: string, cache: EdgeSettings["cache"]): readonly SiteFile[] {
  const folder = realpathSync(resolve(directory));
  const cacheControl = cacheControlOf(cache);
  return filesBelow(folder, folder)
    .map((path) => {
      const key = relative(folder, path).split(sep).join("/");
      return { path, key: checkedKey(key), contentType: contentTypeOf(path), cacheControl };
    })
    .toSorted((a, b) => Number(isPage(a)) - Number(isPage(b)) || (a.key < b.key ? -1 : 1));
}

/**
 * What a file says about copies of it: the edge keeps one for the definition's time, and may serve it for another while
 * its origins fail; browsers ask again each time, because an upload empties the edge and cannot empty browsers.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function cacheControlOf({ defaultTtlMs, staleIfErrorMs }: EdgeSettings["cache"]): string {
  const seconds = (ms: number): number => Math.round(ms / 1_000);
  return `public, max-age=0, s-maxage=${seconds(defaultTtlMs)}, stale-if-error=${seconds(staleIfErrorMs)}`;
}

function isPage({ contentType }: SiteFile): boolean {
  return contentType.startsWith("text/html");
}

function filesBelow(at: string, folder: string): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return filesBelow(path, folder);
    const isFile = entry.isFile() || (entry.isSymbolicLink() && leadsToFile(path, folder));
    return isFile ? [path] : [];
  });
}

function leadsToFile(link: string, folder: string): boolean {
  const found = statSync(link, { throwIfNoEntry: false });
  return found?.isFile() === true && realpathSync(link).startsWith(folder + sep);
}

function checkedKey(key: string): string {
  const length = Buffer.byteLength(key);
  if (length <= SITE_OBJECT.keyLength.value) return key;
  throw new UserError({
    code: "AWS-046" satisfies AwsCode,
    message: `"${key}" has ${length} bytes in its path, and an object's name takes ${SITE_OBJECT.keyLength.value}`,
    fix: "shorten the names of the file and its folders",
    at: "edge.site",
  });
}
