import { type Json, type Path, type SourceDocument } from "./document.ts";

/** Where the parts of a rewritten document stand in the one that a user wrote. */
export class Origins {
  private readonly known = new Map<string, { readonly source: Path; readonly whole: boolean }>();

  /** What is made at `path` was written at `source`, part for part. */
  add(path: Path, source: Path): void {
    this.known.set(JSON.stringify(path), { source, whole: false });
  }

  /** All that is made at `path` comes of what was written at `source`. */
  addWhole(path: Path, source: Path): void {
    this.known.set(JSON.stringify(path), { source, whole: true });
  }

  /** Where a part of the rewritten document was written. */
  of(path: Path): Path {
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.known.get(JSON.stringify(path.slice(0, length)));
      if (found !== undefined) return found.whole ? found.source : [...found.source, ...path.slice(length)];
    }
    return path;
  }
}

/** A document with other data, of which each part is still found where it was written. */
export function rewritten(document: SourceDocument, data: Json, origins: Origins): SourceDocument {
  return { ...document, data, locate: (path) => document.locate(origins.of(path)) };
}
