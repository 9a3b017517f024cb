import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { contentTypeOf } from "../../base/content-type.ts";
import type { Exchange, Origin, OriginRequest, Sink } from "./origin.ts";

interface Page {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * The static site as a bucket would serve it: files of one folder, with content type and ETag. `/` is `/index.html`;
 * folders below have no index, as behind CloudFront. Not covered: ranges (the whole file comes), metadata, versions.
 */
export class SiteOrigin implements Origin {
  readonly #folder: string;
  #down = false;

  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  /** While it is down, every request to it fails. */
  setDown(down: boolean): void {
    this.#down = down;
  }

  send(request: OriginRequest, sink: Sink): Exchange {
    let wanted = true;
    void this.#answer(request).then(({ status, headers, body }) => {
      if (!wanted) return;
      if (this.#down) return sink.onFailure({ status: 502, reason: "the site's bucket cannot be reached" });
      sink.onHeaders(status, { ...headers, "content-length": String(body.length) });
      if (body.length > 0 && request.method !== "HEAD") sink.onData(body);
      sink.onEnd();
    });
    return { abort: () => void (wanted = false), resume: () => undefined };
  }

  async #answer({ method, url, headers }: OriginRequest): Promise<Page> {
    if (method !== "GET" && method !== "HEAD")
      return { ...refusal(405, "method not allowed"), headers: { allow: "GET, HEAD" } };
    const path = pathOf(url);
    if (path === null) return refusal(400, "bad path");
    try {
      const file = await this.#fileOf(path);
      const [body, { mtime }] = await Promise.all([readFile(file), stat(file)]);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      const known = { etag, "last-modified": mtime.toUTCString() };
      if (headers["if-none-match"] === etag) return { status: 304, headers: known, body: Buffer.alloc(0) };
      return { status: 200, headers: { ...known, "content-type": contentTypeOf(file) }, body };
    } catch {
      return refusal(404, "not found");
    }
  }

  /** Rejects where there is no such file, or it lies outside of the folder, by a link too. */
  async #fileOf(path: string): Promise<string> {
    const folder = await realpath(this.#folder);
    const file = await realpath(join(folder, path === "/" ? "/index.html" : path));
    if (!file.startsWith(folder + sep)) throw new Error("outside of the site");
    return file;
  }
}

/** The decoded path without its query; null where it cannot be one. */
function pathOf(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split("?", 1)[0] ?? "");
    return path.startsWith("/") && !path.includes("\0") ? path : null;
  } catch {
    return null;
  }
}

function refusal(status: number, text: string): Page {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(`${text}\n`) };
}
