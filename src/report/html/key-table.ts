import { grouped, timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";
import type { PageDrill, PageKey } from "./shape.ts";

/** So many keys of a kind are named; the journal has the rest. */
const AT_MOST = 40;

const TROUBLES = [
  { trouble: "absent", title: "Acknowledged and absent", says: "acknowledged, and not there when it was read back" },
  { trouble: "twice", title: "Applied twice", says: "whose effect shows more than once" },
  { trouble: "diverged", title: "Diverged", says: "that one copy has and another has not" },
  { trouble: "unread", title: "Not read back", says: "acknowledged, and nobody knows whether it is there" },
] as const;

/** What was lost, and what was applied twice, by key. Null where there is no such key. */
export function drawKeys(drill: PageDrill): Markup | null {
  const keys = drill.record?.keys ?? [];
  if (keys.length === 0) return null;
  return html`<h3>By key</h3>
    ${queuedNote(drill)}
    <div class="keys">
      ${TROUBLES.map(({ trouble, title, says }) => {
        const own = keys.filter((key) => key.trouble === trouble);
        return own.length === 0 ? null : drawTrouble(own, { title, says });
      })}
    </div>`;
}

function drawTrouble(keys: readonly PageKey[], { title, says }: { title: string; says: string }): Markup {
  const rest = keys.length - AT_MOST;
  const noun = keys.length === 1 ? "key" : "keys";
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0">
    <table class="figures">
      <caption>
        ${title}
        <small>${grouped(keys.length)} ${noun} ${says}</small>
      </caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Journey</th>
          <th scope="col">Acknowledged</th>
          <th scope="col">Applied</th>
        </tr>
      </thead>
      <tbody>
        ${keys.slice(0, AT_MOST).map(
          ({ key, journey, acknowledgedMs, applied }) =>
            html`<tr>
              <th scope="row"><code>${key}</code></th>
              <td>${journey}</td>
              <td>${acknowledged(acknowledgedMs)}</td>
              <td>${applied === null ? "–" : `${applied} times`}</td>
            </tr> `,
        )}
      </tbody>
    </table>
    ${rest > 0 && html`<p class="hint">and ${grouped(rest)} more, in the journal</p>`}
  </div> `;
}

function acknowledged(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 0 ? `${timeText(-ms)} before the fault` : `${timeText(ms)} after the fault`;
}

/** A write that waits in a queue is absent, too, and not lost. */
function queuedNote({ journeys }: PageDrill): Markup | null {
  const sum = (what: "pending" | "stranded"): number =>
    Object.values(journeys).reduce((all, journey) => all + journey[what], 0);
  const [pending, stranded] = [sum("pending"), sum("stranded")];
  if (pending + stranded === 0) return null;
  return html`<p class="hint">
    Of the absent ones ${pending} are still in a queue and ${stranded} in a dead-letter queue, so these are not lost;
    which ones they are cannot be told.
  </p>`;
}
