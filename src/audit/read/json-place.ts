/**
 * Finds where a part of a JSON text stands, without a tree of the whole: a mapping or list is scanned when the first of
 * its parts is asked for, so that what nobody asks for costs nothing, in time or memory. The text is known to be JSON.
 */
import type { Path } from "./document.ts";

interface Part {
  /** Where its key begins; in a list, itself. */
  readonly start: number;
  readonly value: number;
}

/** Offsets of the parts of one JSON text. */
export class JsonPlaces {
  private readonly text: string;
  private readonly scanned = new Map<number, ReadonlyMap<string, Part>>();

  constructor(text: string) {
    this.text = text;
  }

  /** Where the value at `path` begins, its key included; the nearest part above it that exists where there is none. */
  find(path: Path): number {
    const top = this.skipSpace(this.text.startsWith("\uFEFF") ? 1 : 0);
    let found: Part = { start: top, value: top };
    for (const key of path) {
      const part = this.parts(found.value).get(String(key));
      if (part === undefined) break;
      found = part;
    }
    return found.start;
  }

  private parts(at: number): ReadonlyMap<string, Part> {
    const before = this.scanned.get(at);
    if (before !== undefined) return before;
    const parts = new Map<string, Part>();
    const open = this.text[at];
    if (open === "{" || open === "[") {
      let next = this.skipSpace(at + 1);
      while (next < this.text.length && this.text[next] !== "}" && this.text[next] !== "]") {
        const part = open === "{" ? this.keyed(next) : { key: String(parts.size), start: next, value: next };
        parts.set(part.key, part);
        next = this.skipSpace(this.skipValue(part.value));
        if (this.text[next] === ",") next = this.skipSpace(next + 1);
      }
    }
    this.scanned.set(at, parts);
    return parts;
  }

  private keyed(start: number): Part & { readonly key: string } {
    const end = this.skipString(start);
    const value = this.skipSpace(this.skipSpace(end) + 1);
    return { key: JSON.parse(this.text.slice(start, end)) as string, start, value };
  }

  private skipSpace(at: number): number {
    let next = at;
    while (next < this.text.length && this.text.charCodeAt(next) <= 0x20) next += 1;
    return next;
  }

  private skipString(at: number): number {
    let next = at + 1;
    while (next < this.text.length && this.text[next] !== '"') next += this.text[next] === "\\" ? 2 : 1;
    return next + 1;
  }

  private skipValue(at: number): number {
    let depth = 0;
    let next = at;
    do {
      const char = this.text[next];
      if (char === '"') {
        next = this.skipString(next);
        continue;
      }
      if (char === "{" || char === "[") depth += 1;
      if (char === "}" || char === "]") depth -= 1;
      if (depth < 0 || (depth === 0 && char === ",")) return next;
      next += 1;
    } while (next < this.text.length && (depth > 0 || !/[\s,\]}]/.test(this.text[next] ?? "")));
    return next;
  }
}
