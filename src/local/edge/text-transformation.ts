import type { TextTransformation } from "./firewall-rule.ts";

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', nbsp: "\u00A0", lt: "<", gt: ">", amp: "&" };
const MAX_CODE_POINT = 0x10_ff_ff;

/** The text as a rule looks at it, after its transformations in order. None of them throws, whatever the text. */
export function transform(text: string, transformations: readonly TextTransformation[]): string {
  const ordered =
    transformations.length > 1 ? transformations.toSorted((a, b) => a.Priority - b.Priority) : transformations;
  return ordered.reduce((done, { Type }) => BY_TYPE[Type](done), text);
}

const BY_TYPE: Readonly<Record<TextTransformation["Type"], (text: string) => string>> = {
  NONE: (text) => text,
  URL_DECODE: (text) =>
    /[%+]/.test(text)
      ? text
          .replaceAll("+", " ")
          .replaceAll(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString())
      : text,
  HTML_ENTITY_DECODE: (text) =>
    text.includes("&")
      ? text.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(quot|nbsp|lt|gt|amp));/gi, (whole, hex, decimal, name) => {
          if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
          const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
          return code <= MAX_CODE_POINT ? String.fromCodePoint(code) : whole;
        })
      : text,
  LOWERCASE: (text) => text.toLowerCase(),
  COMPRESS_WHITE_SPACE: (text) => text.replaceAll(/[\s\u00A0]+/g, " "),
};
