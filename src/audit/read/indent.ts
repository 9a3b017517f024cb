/**
 * CloudFormation's parser takes what stands in brackets or quotes at any indentation; ours asks for that of the block
 * around it, as YAML's grammar does. Lines that it stumbles over are moved to the right, where they mean the same.
 */
import { YamlError, type Node, parseYaml } from "./yaml.ts";

/** Deeper than any block that holds brackets. */
const MARGIN = " ".repeat(240);

/** Each line that is moved costs another pass: so much text may be gone through. */
const MOST_TEXT = 50 * 1024 * 1024;

/**
 * What a text holds, and the text as it could be read: `moved` has the starts of its lines that stand further
 * right.
 */
export interface Indented {
  readonly root: Node;
  readonly text: string;
  readonly moved: ReadonlySet<number>;
  readonly margin: number;
}

/** Parses a text; throws what the parser throws, at the place where it stands in the text as given. */
export function parseIndented(given: string): Indented {
  const moved = new Set<number>();
  let text = given;
  for (let work = given.length; ; work += text.length) {
    try {
      return { root: parseYaml(text), text, moved, margin: MARGIN.length };
    } catch (error) {
      const line = error instanceof YamlError ? text.lastIndexOf("\n", error.offset - 1) + 1 : 0;
      const isShallow = error instanceof YamlError && error.message === "deficient indentation";
      if (!isShallow || line === 0 || moved.has(line) || work > MOST_TEXT) throw inGivenText(error, moved);
      text = text.slice(0, line) + MARGIN + text.slice(line);
      moved.add(line);
    }
  }
}

/** Errors come in the order of the text: all lines that were moved stand before. */
function inGivenText(error: unknown, moved: ReadonlySet<number>): unknown {
  if (!(error instanceof YamlError)) return error;
  const shift = [...moved].filter((start) => start <= error.offset).length * MARGIN.length;
  return new YamlError(error.message, Math.max(0, error.offset - shift));
}
