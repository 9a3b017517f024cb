import { isLate, lostOf, personText, rangeText, slowestOf, sumOf, timeText } from "../drill-figures.ts";
import { badge } from "./headline.ts";
import { type Markup, html } from "./markup.ts";
import type { PageDrill } from "./shape.ts";

/** Where on the page a drill is; by its place, because names come from elsewhere and may repeat. */
export function anchorOf(index: number): string {
  return `drill-${index + 1}`;
}

/** What was struck, and under which strategy where that is not the system's own. */
export function struckText({ target, recovery }: Pick<PageDrill, "target" | "recovery">): string {
  return [target, recovery].filter((each) => each).join(", ");
}

/**
 * The table of all drills, each with a link to its section. On a narrow screen it turns into cards, so each cell
 * carries its title, and roles are spelled out, because a browser forgets them with the table's layout.
 */
export function drawOverview(drills: readonly PageDrill[]): Markup {
  if (drills.length === 0) return html``;
  return html`<section aria-labelledby="overview">
    <h2 id="overview">The drills</h2>
    <table class="overview" role="table" aria-labelledby="overview">
      <thead role="rowgroup">
        <tr role="row">
          ${TITLES.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${drills.map(row)}
      </tbody>
    </table>
    <p class="hint">
      Recovery: from the fault until the slowest journey was served steadily again. Lost: acknowledged writes of
      journeys whose durability is promised. Whole after: until full redundancy was back.
    </p>
  </section>`;
}

const TITLES = [
  "Drill",
  "Verdict",
  "Recovery here",
  "At AWS",
  "Allowed",
  "Failed + unknown",
  "Lost",
  "Twice",
  "Whole after",
] as const;

function row(drill: PageDrill, index: number): Markup {
  const { journeys, objective } = drill;
  const { least, most } = lostOf(journeys);
  const twice = sumOf(journeys, "appliedTwice");
  const here = slowestOf(journeys, "recoveryTimeMs");
  const person = drill.person && html` <small>${personText(drill.person)}</small>`;
  const operations = html`${sumOf(journeys, "failed")} + ${sumOf(journeys, "unknown")}
    <small>of ${sumOf(journeys, "operations")}</small>`;
  const cells = [
    cell(1, badge(drill.verdict)),
    cell(2, timeText(here), here === "never"),
    cell(3, html`${timeText(slowestOf(journeys, "recoveryTimeAtAwsMs"))}${person}`, isLate(journeys, objective.rtoMs)),
    cell(4, timeText(objective.rtoMs)),
    cell(5, operations),
    cell(6, rangeText(least, most), most > 0),
    cell(7, String(twice), twice > 0),
    cell(8, timeText(drill.redundancyRestoredMs)),
  ];
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <a href="#${anchorOf(index)}">${drill.name}</a> <small>${struckText(drill)}</small>
    </th>
    ${cells}
  </tr> `;
}

function cell(column: number, content: Markup | string, bad = false): Markup {
  return html`<td role="cell" data-title="${TITLES[column] ?? ""}" ${bad ? html` class="bad"` : null}>${content}</td>`;
}
