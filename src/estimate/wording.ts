/**
 * A share with no more digits than tell how far it is from the whole: one that counts.
 *
 * @example formatShare(0.99912) // "99.91%"
 */
export function formatShare(share: number): string {
  const rest = 100 * (1 - share);
  if (rest <= 0) return "100%";
  const digits = Math.max(0, 1 - Math.floor(Math.log10(rest) + 1e-9));
  return `${Number((100 - rest).toFixed(Math.min(digits, 8)))}%`;
}
