const MARKUP = Symbol("markup");

/** A piece of the page that is safe to write as it is. Only {@link html} and {@link trusted} make one. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What may stand in a template: markup as it is, anything else as text; nothing for null and false. */
export type Content = Markup | string | number | null | false | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What is not seen, or turns the direction of writing, would hide what a key is; lone surrogates cannot be written. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from the system under test as a reader can see it: what would be invisible is spelled out. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`); // a match is never empty
}

/**
 * A tagged template whose values are escaped, so that nothing which comes from a system can become markup. The
 * template's own line breaks and indentation become one line break.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const written = parts.map((part, at) => {
    const own = part.replaceAll(/\s*\n\s*/g, "\n");
    return own + (at < values.length ? write(values[at]!) : ""); // in range
  });
  return trusted(written.join(""));
}

/** Markup from text that is ours. */
export function trusted(text: string): Markup {
  return { [MARKUP]: text };
}

/** The page's text. */
export function textOf(markup: Markup): string {
  return markup[MARKUP];
}

function write(content: Content): string {
  if (content === null || content === false) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return visible(content).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
  if (isList(content)) return content.map(write).join("");
  return content[MARKUP];
}

function isList(content: Content): content is readonly Content[] {
  return Array.isArray(content);
}
