import type { Page } from "playwright-core";

/** Runs in the page, which is why it is text: this project's types know of no browser. */
const MEASURE = String.raw`(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = getComputedStyle(document.body).backgroundColor;
  const paper = luminance(background);
  let [least, where] = [Infinity, ""];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!hasText || element.tagName === "title") continue; // the browser shows titles in colours of its own
    const { color, fill } = getComputedStyle(element);
    const ink = luminance(element instanceof SVGElement ? fill : color);
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < least) [least, where] = [contrast, element.tagName + ": " + element.textContent.slice(0, 40)];
  }
  return { least, where, background };
})()`;

/** The text with the least contrast, by WCAG's formula, against the background of the page. */
export function leastContrast(page: Page): Promise<{ least: number; where: string; background: string }> {
  return page.evaluate(MEASURE);
}
