import { createHash } from "node:crypto";
import { type Content, html, textOf, trusted } from "./markup.ts";
import { STYLE } from "./style.ts";

/** What a page that stands by itself shows. */
export interface StandalonePage {
  readonly title: string;
  readonly body: Content;
  readonly footer: string;
  /** Style of its own, beside that of all pages. */
  readonly style?: string;
}

/**
 * One page that stands by itself: no script, nothing from the network, and a policy that would forbid both. The same
 * contents give the same page.
 */
export function drawStandalone({ title, body, footer, style = "" }: StandalonePage): string {
  const whole = `${STYLE}${style}`;
  const hash = createHash("sha256").update(whole).digest("base64");
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return textOf(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="generator" content="Holdfast" />
          <title>${title}</title>
          <link rel="icon" href="data:," />
          ${trusted(`<style>${whole}</style>`)}
        </head>
        <body id="top">
          <main>${body}</main>
          <footer>${footer}</footer>
        </body>
      </html> `,
  );
}
