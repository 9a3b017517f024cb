/** As many digits as tell two of what is missing. */
export function percent(share: number): string {
  return `${Number((100 * (1 - Number((1 - share).toPrecision(2)))).toPrecision(10))}%`;
}
