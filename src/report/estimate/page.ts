import type { EstimateDocument, StrategyEstimate } from "../../base/estimate-document.ts";
import { type Markup, html } from "../html/markup.ts";
import { drawStandalone } from "../html/standalone.ts";
import { drawStrategyMap } from "./plot.ts";
import { ESTIMATE_ROWS, changeText, meetsText, meetsWord, percent } from "./wording.ts";

const OWN_STYLE = `
.whisker { stroke: var(--provider); stroke-width: 1.5px; }
.scroll table { margin-top: .8rem; }
.scroll td, .scroll th { padding: .3rem 1.2rem .3rem 0; white-space: nowrap; }
.scroll tbody th { position: sticky; left: 0; background: var(--paper); }
h2 + ul { margin-top: .7rem; }
.met { color: var(--pass); } .unsure { color: var(--unknown); }
`;

/** The strategies side by side as one page that stands by itself. The same document gives the same page. */
export function estimatePage(document: EstimateDocument): string {
  const { system, strategies } = document;
  const shown = strategies.find(({ chosen }) => chosen) ?? strategies[0];
  const headline = shown === undefined ? "no strategy" : `${shown.recovery} ${meetsText(shown.meetsObjectives)}`;
  return drawStandalone({
    title: `${system}: ${headline}`,
    style: OWN_STYLE,
    body: html`<header>
        <p class="eyebrow">${system}: the recovery strategies side by side, computed before anything runs</p>
        <h1>${headline}</h1>
      </header>
      ${map(document)} ${table(strategies)} ${misses(strategies)}
      ${list("What excludes each other", document.contradictions)}
      ${list("What it rests on", [...document.assumes, slaText(document)])}`,
    footer: "Written by Holdfast. Every figure is a range, carried from the inputs to the output.",
  });
}

function map(document: EstimateDocument): Markup | null {
  const drawn = drawStrategyMap(document);
  if (drawn === null) return null;
  return html`<section>
    <h2>What a shorter outage costs</h2>
    ${drawn}
  </section>`;
}

function table(strategies: readonly StrategyEstimate[]): Markup {
  const isMarked = strategies.some(({ chosen }) => chosen);
  return html`<section aria-labelledby="figures">
    <h2 id="figures">The figures</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="figures">
      <table aria-labelledby="figures">
        <thead>
          <tr>
            <th></th>
            ${strategies.map(({ recovery, chosen }) => html`<th scope="col">${recovery}${chosen && " *"}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${ESTIMATE_ROWS.map(
            ([label, cell]) =>
              html`<tr>
                <th scope="row">${label.trim()}</th>
                ${strategies.map((each) => html`<td>${cell(each)}</td>`)}
              </tr>`,
          )}
          <tr>
            <th scope="row">objectives</th>
            ${strategies.map(({ meetsObjectives: meets }) => verdict(meets))}
          </tr>
        </tbody>
      </table>
    </div>
    ${isMarked ? html`<p class="hint">* the definition's</p>` : null}
  </section>`;
}

function verdict(meets: StrategyEstimate["meetsObjectives"]): Markup {
  const kind = meets === "unknown" ? "unsure" : meets ? "met" : "bad";
  return html`<td class="${kind}">${meetsWord(meets)}</td>`;
}

function misses(strategies: readonly StrategyEstimate[]): Markup | null {
  const those = strategies.filter(({ meetsObjectives }) => meetsObjectives !== true);
  if (those.length === 0) return null;
  return html`<section>
    <h2>What stands against the objectives</h2>
    ${those.map(
      ({ recovery, meetsObjectives, reasons, cheapestChange }) =>
        html`<h3>${recovery} ${meetsText(meetsObjectives)}</h3>
          <ul>
            ${[...reasons, changeText(cheapestChange)].map((each) => html`<li>${each}</li>`)}
          </ul>`,
    )}
  </section>`;
}

function list(title: string, texts: readonly string[]): Markup | null {
  if (texts.length === 0) return null;
  return html`<section>
    <h2>${title}</h2>
    <ul>
      ${texts.map((each) => html`<li>${each}</li>`)}
    </ul>
  </section>`;
}

function slaText({ compositeSla: { value, of } }: EstimateDocument): string {
  return `composite SLA of one region ${percent(value)}, no availability: ${of.join(" × ")}`;
}
