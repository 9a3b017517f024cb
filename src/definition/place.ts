/**
 * Where in a file the value at a path of the definition is, such as `holdfast.config.ts:12`; the file alone where it is
 * not found. It follows the path through the object literals of the default export, as far as they are written out
 * there: what is computed, spread or named elsewhere is not followed, and then the line is that of the last key found.
 */
export function placeOf(file: string, source: string, path: string): string {
  let open = source.indexOf("{", Math.max(0, source.search(/export\s+default|module\.exports/)));
  let found: number | undefined;
  for (const [key = ""] of path.matchAll(/[A-Za-z_$][\w$-]*|\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g)) {
    const entry = entryAt(
      source,
      open,
      /^\[\d/.test(key) ? Number(key.slice(1, -1)) : bare(key.replace(/^\[|\]$/g, "")),
    );
    if (entry === undefined) break;
    found = entry.at;
    open = entry.value;
  }
  return found === undefined ? file : `${file}:${source.slice(0, found).split("\n").length}`;
}

interface Entry {
  /** Where it begins: at its key. */
  readonly at: number;
  /** Where its value begins. */
  readonly value: number;
}

/** The entry with this key or number in the object or list that opens at `open`. */
function entryAt(source: string, open: number, wanted: string | number): Entry | undefined {
  if (source[open] !== (typeof wanted === "number" ? "[" : "{")) return undefined;
  let depth = 0;
  let number = 0;
  let [start, value] = [-1, -1];
  for (let at = open + 1; at < source.length; at = tokenEnd(source, at)) {
    const char = source[at] ?? "";
    if (/\s/.test(char) || isComment(source, at)) continue;
    const ends = depth === 0 && (char === "," || char === "}" || char === "]");
    if (ends || (depth === 0 && char === ":" && value < 0)) {
      const key = typeof wanted === "number" ? number : bare(source.slice(start, at).trim());
      const from = char === ":" ? at + 1 + (source.slice(at + 1).match(/^\s*/)?.[0].length ?? 0) : start;
      if (start >= 0 && key === wanted && value < 0) return { at: start, value: from };
      if (!ends) value = from;
    }
    if (ends) {
      if (char !== ",") return undefined;
      number++;
      [start, value] = [-1, -1];
      continue;
    }
    if (start < 0) start = at;
    if ("{[(".includes(char)) depth++;
    else if ("}])".includes(char)) depth--;
  }
  return undefined;
}

/** Where the token at `at` ends: a text, a comment, or a single character. */
function tokenEnd(source: string, at: number): number {
  const char = source[at] ?? "";
  if (source.startsWith("//", at)) return indexAfter(source, "\n", at);
  if (source.startsWith("/*", at)) return indexAfter(source, "*/", at + 2);
  if (!"\"'`".includes(char)) return at + 1;
  let end = at + 1;
  while (end < source.length && source[end] !== char) end += source[end] === "\\" ? 2 : 1;
  return end + 1;
}

function isComment(source: string, at: number): boolean {
  return source.startsWith("//", at) || source.startsWith("/*", at);
}

function indexAfter(source: string, text: string, from: number): number {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found + text.length;
}

/** A key without its quotes. */
function bare(key: string): string {
  return /^["'].*["']$/.test(key) ? key.slice(1, -1) : key;
}
