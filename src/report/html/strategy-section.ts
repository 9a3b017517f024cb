import type { StrategyDocument } from "../../base/drill-document.ts";
import { personText, timeText } from "../drill-figures.ts";
import { bytesText, isTooSlow, losesTooMuch, lostText, recoveryText } from "../strategy-figures.ts";
import { badge } from "./headline.ts";
import { type Markup, html } from "./markup.ts";
import { anchorOf } from "./overview.ts";
import { drawStages } from "./stage-table.ts";
import { drawStrategyPlot } from "./strategy-plot.ts";

const TITLES = [
  "Strategy",
  "Verdict",
  "RTO here",
  "At AWS",
  "Allowed",
  "Writes lost",
  "Failed + unknown",
  "Ran before",
  "Failed back in",
] as const;

/** The strategies side by side: what the loss of a region cost under each, where the time went, and what it took. */
export function drawStrategies(strategies: readonly StrategyDocument[] | null): Markup | null {
  if (strategies === null || strategies.length === 0) return null;
  const stages = strategies.flatMap(({ recovery, stages: own }) =>
    own.map((each) => ({ ...each, component: recovery })),
  );
  return html`<section aria-labelledby="strategies">
    <h2 id="strategies">The strategies</h2>
    <table class="overview compared" role="table" aria-labelledby="strategies">
      <thead role="rowgroup">
        <tr role="row">
          ${TITLES.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${strategies.map(row)}
      </tbody>
    </table>
    <p class="hint">
      RTO: from the loss of the region until the slowest journey was served steadily again. Ran before: in the other
      region, before the loss. Allowed: what such a strategy is there for; the definition's own is held to the system's
      objective.${runs(strategies)}
    </p>
    ${reasons(strategies)} ${drawStages(stages, { who: "Strategy" })} ${drawStrategyPlot(strategies)}
  </section>`;
}

function runs(strategies: readonly StrategyDocument[]): string {
  const most = Math.max(...strategies.map(({ drills }) => drills.length));
  return most < 2 ? "" : ` Of ${most} runs the median, by journey and by stage; of what was lost the worst.`;
}

function row(strategy: StrategyDocument): Markup {
  const { recovery, chosen, verdict, objective, meetsSystem, failed, unknown, operations, ranBefore, drills } =
    strategy;
  const [first] = drills;
  const name = first === undefined ? recovery : html`<a href="#${anchorOf(first)}">${recovery}</a>`;
  const age = strategy.lost > 0 && html` <small>${timeText(strategy.oldestLostAgeMs)} old</small>`;
  const person = strategy.person && html` <small>${personText(strategy.person)}</small>`;
  const used = ranBefore && `${bytesText(ranBefore.pssBytes)} in ${ranBefore.processes} processes`;
  const cells = [
    cell(1, badge(verdict)),
    cell(2, recoveryText(strategy, strategy.recoveryTimeMs)),
    cell(3, html`${recoveryText(strategy, strategy.recoveryTimeAtAwsMs)}${person}`, isTooSlow(strategy)),
    cell(4, html`${timeText(objective.rtoMs)}${meetsSystem === false && html` <small>the system's: missed</small>`}`),
    cell(5, html`${lostText(strategy)}${age}`, losesTooMuch(strategy)),
    cell(6, html`${failed} + ${unknown} <small>of ${operations}</small>`),
    cell(7, used ?? "–"),
    cell(8, timeText(strategy.failbackMs)),
  ];
  return html`<tr role="row">
    <th role="rowheader" scope="row">${name} <small>${chosen ? "the definition's" : ""}</small></th>
    ${cells}
  </tr> `;
}

function cell(column: number, content: Markup | string, bad = false): Markup {
  return html`<td role="cell" data-title="${TITLES[column] ?? ""}" ${bad ? html` class="bad"` : null}>${content}</td>`;
}

function reasons(strategies: readonly StrategyDocument[]): Markup | null {
  const told = strategies.flatMap(({ recovery, reasons: why, notes }) =>
    [...why, ...notes].map((text) => html`<li>${recovery}: ${text}</li>`),
  );
  return told.length === 0
    ? null
    : html`<ul class="told">
        ${told}
      </ul>`;
}
