/** `text` in exactly `width` columns: filled with spaces, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/**
 * `text` broken at spaces into lines of at most `width` columns; `first` and `rest` come before the first line and the
 * others.
 */
export function wrap(
  text: string,
  layout: { readonly width: number; readonly first: string; readonly rest: string },
): readonly string[] {
  const lines: string[] = [];
  let line = layout.first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > layout.width) {
      lines.push(line);
      line = layout.rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Texts side by side, each wrapped in its own column, with a space after each column. */
export function columns(cells: readonly { readonly text: string; readonly width: number }[]): readonly string[] {
  const wrapped = cells.map(({ text, width }) => wrap(text, { width: width - 1, first: "", rest: "  " }));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    cells
      .map(({ width }, column) => fit(wrapped[column]?.[row] ?? "", width))
      .join("")
      .trimEnd(),
  );
}
