import { createHash } from "node:crypto";
import { drawDrill } from "./drill-section.ts";
import { drawGlossary } from "./glossary.ts";
import { VERDICTS, drawHeadline } from "./headline.ts";
import { html, textOf, trusted } from "./markup.ts";
import { anchorOf, drawOverview } from "./overview.ts";
import type { ReportPage } from "./shape.ts";
import { STYLE } from "./style.ts";

/**
 * The report as one page that stands by itself: no script, nothing from the network, and a policy that would forbid
 * both. The same drills give the same page.
 */
export function drawReportPage(page: ReportPage): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const { word } = VERDICTS[page.verdict];
  const number = page.drills.length === 1 ? "1 drill" : `${page.drills.length} drills`;
  return textOf(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="generator" content="Holdfast" />
          <title>${page.system}: ${word.toLowerCase()}, ${number} (seed ${page.seed})</title>
          <link rel="icon" href="data:," />
          ${trusted(`<style>${STYLE}</style>`)}
        </head>
        <body id="top">
          <main>
            ${drawHeadline(page)} ${drawOverview(page.drills)}
            ${page.drills.map((drill, index) => drawDrill(drill, anchorOf(index)))}${drawSkipped(page)}
            ${drawGlossary()}
          </main>
          <footer>Written by Holdfast. Every figure is computed from the journals alone.</footer>
        </body>
      </html> `,
  );
}

function drawSkipped({ skipped }: ReportPage): ReturnType<typeof html> | null {
  if (skipped.length === 0) return null;
  return html`<section aria-labelledby="skipped">
    <h2 id="skipped">Left out</h2>
    <p>This machine cannot make these drills, and nothing is said of them.</p>
    <dl class="about">
      ${skipped.map(
        ({ name, why }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${why}</dd>
          </div> `,
      )}
    </dl>
  </section> `;
}
