import { drawDrill } from "./drill-section.ts";
import { drawGlossary } from "./glossary.ts";
import { VERDICTS, drawHeadline } from "./headline.ts";
import { html } from "./markup.ts";
import { anchorOf, drawOverview } from "./overview.ts";
import type { ReportPage } from "./shape.ts";
import { drawStandalone } from "./standalone.ts";
import { drawStrategies } from "./strategy-section.ts";

/** The report as one page that stands by itself. The same drills give the same page. */
export function drawReportPage(page: ReportPage): string {
  const { word } = VERDICTS[page.verdict];
  const number = page.drills.length === 1 ? "1 drill" : `${page.drills.length} drills`;
  return drawStandalone({
    title: `${page.system}: ${word.toLowerCase()}, ${number} (seed ${page.seed})`,
    body: html`${drawHeadline(page)} ${drawStrategies(page.strategies)} ${drawOverview(page.drills)}
    ${page.drills.map((drill, index) => drawDrill(drill, anchorOf(index)))}${drawSkipped(page)} ${drawGlossary()}`,
    footer: "Written by Holdfast. Every figure is computed from the journals alone.",
  });
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
