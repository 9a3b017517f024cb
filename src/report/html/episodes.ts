import type { EpisodeDocument } from "../../base/drill-document.ts";
import type { Ms } from "../../base/units.ts";
import { grouped, timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";
import { percent } from "./plot.ts";

/** So many faults are listed one by one; the JSON has the rest. */
const AT_MOST = 100;

type Measure = "detectedMs" | "promotedMs" | "shiftedMs" | "recoveryTimeMs" | "wholeMs";

const MEASURES: readonly { readonly measure: Measure; readonly title: string }[] = [
  { measure: "detectedMs", title: "detected" },
  { measure: "promotedMs", title: "replica promoted" },
  { measure: "shiftedMs", title: "endpoint moved" },
  { measure: "recoveryTimeMs", title: "customers served steadily" },
  { measure: "wholeMs", title: "whole" },
];

const SHARES = [
  ["least", 0],
  ["median", 0.5],
  ["90%", 0.9],
  ["99%", 0.99],
  ["most", 1],
] as const;

/** The faults of a drill that makes many: how their times are distributed, and each of them. */
export function drawEpisodes(episodes: readonly EpisodeDocument[], anchor: string): Markup | null {
  if (episodes.length === 0) return null;
  const kinds = [...Map.groupBy(episodes, ({ fault }) => fault)];
  const longest = Math.max(1, ...episodes.flatMap((each) => MEASURES.map(({ measure }) => each[measure] ?? 0)));
  return html`<h3 id="${anchor}-distribution">How long it took, over ${grouped(episodes.length)} faults</h3>
    <div class="scroll" role="region" aria-labelledby="${anchor}-distribution" tabindex="0">
      <table class="figures numbers">
        <thead>
          <tr>
            <th scope="col">From the fault until</th>
            <th scope="col">seen</th>
            ${SHARES.map(([title]) => html`<th scope="col">${title}</th>`)}
            <th scope="col" class="strip">0 to ${timeText(longest)}</th>
          </tr>
        </thead>
        <tbody>
          ${kinds.map(([fault, own]) => drawKind(fault, own, longest))}
        </tbody>
      </table>
    </div>
    ${drawList(episodes, anchor)}`;
}

function drawKind(fault: string, episodes: readonly EpisodeDocument[], longestMs: Ms): Markup {
  const rows = MEASURES.flatMap(({ measure, title }) => {
    const times = episodes.flatMap((episode) => episode[measure] ?? []).sort((a, b) => a - b);
    return times.length === 0 ? [] : [{ title, times }];
  });
  return html`<tr>
      <th scope="rowgroup" colspan="8"><b>${fault}</b> <small>${grouped(episodes.length)} times</small></th>
    </tr>
    ${rows.map(
      ({ title, times }) =>
        html`<tr>
          <th scope="row" class="sub">${title}</th>
          <td>${times.length}</td>
          ${SHARES.map(([, share]) => html`<td>${timeText(rank(times, share))}</td>`)}
          <td class="strip">
            <svg class="dots" aria-hidden="true">
              ${times.map((ms) => html`<circle cx="${percent((100 * ms) / longestMs)}" cy="50%" r="3" />`)}
            </svg>
          </td>
        </tr> `,
    )}`;
}

/** The nearest rank; the list is sorted and not empty. */
function rank(sorted: readonly Ms[], share: number): Ms {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function drawList(episodes: readonly EpisodeDocument[], anchor: string): Markup {
  const rest = episodes.length - AT_MOST;
  return html`<h3 id="${anchor}-faults">Each fault</h3>
    <div class="scroll" role="region" aria-labelledby="${anchor}-faults" tabindex="0">
      <table class="figures numbers">
        <thead>
          <tr>
            <th scope="col">Fault</th>
            <th scope="col">Struck</th>
            <th scope="col">At</th>
            <th scope="col">undone</th>
            ${MEASURES.map(({ title }) => html`<th scope="col">${title}</th>`)}
            <th scope="col">not ok</th>
          </tr>
        </thead>
        <tbody>
          ${episodes.slice(0, AT_MOST).map(
            (episode, index) =>
              html`<tr>
                <th scope="row">${index + 1} ${episode.fault}</th>
                <td>${episode.target}</td>
                <td>${Math.round(episode.atMs / 100) / 10} s</td>
                <td>${timeText(episode.healedMs)}</td>
                ${MEASURES.map(({ measure }) => html`<td>${timeText(episode[measure])}</td>`)}
                <td>${episode.failed}</td>
              </tr> `,
          )}
        </tbody>
      </table>
      ${rest > 0 && html`<p class="hint">and ${grouped(rest)} more, in the JSON report</p>`}
    </div>
    <p class="hint">
      Times count from each fault's own strike; a dash where it was not seen, or the next fault came before.
    </p>`;
}
