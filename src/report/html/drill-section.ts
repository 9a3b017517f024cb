import { formatDuration } from "../../base/units.ts";
import { predictionText } from "../drill-figures.ts";
import { drawEpisodes } from "./episodes.ts";
import { badge } from "./headline.ts";
import { drawJourneys } from "./journey-tables.ts";
import { drawKeys } from "./key-table.ts";
import { type Content, type Markup, html } from "./markup.ts";
import type { PageDrill } from "./shape.ts";
import { struckText } from "./overview.ts";
import { drawStages } from "./stage-table.ts";
import { drawTimeline } from "./timeline-figure.ts";

/** All about one drill: what it does, why it did not pass, what happened when, every figure, and what it leaves out. */
export function drawDrill(drill: PageDrill, anchor: string): Markup {
  return html`<section class="drill" aria-labelledby="${anchor}">
    <h2 id="${anchor}">${drill.name} <small>${struckText(drill)}</small> ${badge(drill.verdict)}</h2>
    ${what(drill)} ${drawReasons(drill)}${list("To be known with it", drill.notes)}
    <h3>What happened</h3>
    ${drawTimeline(drill)} ${drawEpisodes(drill.episodes ?? [], anchor)} ${drawStages(drill.stages)}
    <h3>By journey</h3>
    ${drawJourneys(drill, anchor)} ${drawKeys(drill)}${list("Not modelled", drill.notModelled)}
    <p class="end"><a href="#top">Back to the verdict</a></p>
  </section> `;
}

/** What it does and stands for, and what it is held to. */
function what(drill: PageDrill): Markup {
  const { summary, standsFor, fisAction, proves, replicationLagMs, journal, failback, saved } = drill;
  const predicted = predictionText(drill.predicted, drill.journeys);
  const fact = (title: string, content: Content): Markup =>
    html`<div>
      <dt>${title}</dt>
      <dd>${content}</dd>
    </div> `;
  const facts = [
    standsFor !== "" && fact("Stands for", standsFor),
    fact("AWS FIS", fisAction === null ? "no action comes close" : html`<code>${fisAction}</code>`),
    fact("Held to", heldTo(drill)),
    predicted !== null && fact("Predicted", predicted),
    proves.length > 0 && fact("Has to show, too", proves.join("; ")),
    replicationLagMs !== null && fact("Replicas behind at the fault", formatDuration(replicationLagMs)),
    failback !== null && fact("Failed back", failbackText(failback)),
    saved !== null && fact("Saved for reconciling", savedText(saved)),
    fact("Journal", html`<code>${journal}</code>`),
  ];
  return html`${summary !== "" && html`<p class="summary">${sentence(summary)}</p>`}
    <dl class="about">${facts}</dl>`;
}

function heldTo({ objective: { rtoMs, rpoMs }, rewinds }: Pick<PageDrill, "objective" | "rewinds">): string {
  const recovery = rtoMs === null ? "no limit on recovery" : `recovery within ${formatDuration(rtoMs)} at AWS`;
  const younger =
    rpoMs === null || rpoMs === 0 ? "nothing acknowledged lost" : `at most the last ${formatDuration(rpoMs)} lost`;
  const kept = rewinds ? "nothing lost that was acknowledged before the fault" : younger;
  return `${recovery}, ${kept}, nothing applied twice`;
}

function failbackText({ tookMs, operations, failed, unknown }: NonNullable<PageDrill["failback"]>): string {
  const took = tookMs === null ? "it did not come to its end" : `in ${formatDuration(tookMs)}`;
  return `${took}, under load: of ${operations} operations ${failed} failed, ${unknown} unknown`;
}

function savedText({ rows, messages, ofLost }: NonNullable<PageDrill["saved"]>): string {
  return `${rows} rows and ${messages} messages; ${ofLost} of the writes that were lost`;
}

function drawReasons({ verdict, reasons }: PageDrill): Markup | null {
  if (reasons.length === 0) return null;
  const title = verdict === "unknown" ? "Why nothing can be said" : "Why it failed";
  return html`<div class="reasons ${verdict}">
    <h3>${title}</h3>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </div> `;
}

function list(title: string, items: readonly string[]): Markup | null {
  if (items.length === 0) return null;
  return html`<h3>${title}</h3>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul> `;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
