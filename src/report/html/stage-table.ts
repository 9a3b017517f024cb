import type { StageDocument } from "../../base/drill-document.ts";
import type { Ms } from "../../base/units.ts";
import { timeText } from "../drill-figures.ts";
import { type Markup, html } from "./markup.ts";

/** What a stage is made of, and so how it is carried over to AWS. */
const CLASSES = [
  { name: "timer", says: "an interval or threshold of AWS's; at AWS it takes as long as AWS's own" },
  { name: "provider", says: "what AWS takes for it; at AWS its documented time" },
  { name: "program", says: "the user's program; as measured" },
  { name: "person", says: "somebody is asked; at AWS what people take" },
] as const;

type Side = "ms" | "atAwsMs";

/** Where the time went: what each component went through after the fault, here and at AWS. Null where nothing was. */
export function drawStages(
  stages: readonly StageDocument[],
  { who = "Component" }: { readonly who?: string } = {},
): Markup | null {
  if (stages.length === 0) return null;
  const chains = [...Map.groupBy(stages, ({ component }) => component)];
  const longest = (side: Side): Ms => Math.max(1, ...chains.map(([, chain]) => lengthOf(chain, side)));
  const [here, atAws] = [longest("ms"), longest("atAwsMs")];
  return html`<h3>Where the time went</h3>
    <table class="stages" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">${who}</th>
          <th role="columnheader" scope="col">Here</th>
          <th role="columnheader" scope="col">At AWS</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${chains.map(
          ([component, chain]) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${component}</th>
              ${side(chain, "ms", here)}${side(chain, "atAwsMs", atAws)}
            </tr> `,
        )}
      </tbody>
    </table>
    <p class="legend">
      ${CLASSES.filter(({ name }) => name !== "person" || stages.some((stage) => stage.class === name)).map(
        ({ name, says }) =>
          html`<span
            ><svg class="swatch" aria-hidden="true"><rect class="stage ${name}" width="100%" height="100%" /></svg>
            ${name}: ${says}</span
          > `,
      )}
    </p>`;
}

function lengthOf(chain: readonly StageDocument[], side: Side): Ms {
  return chain.reduce((sum, stage) => sum + stage[side], 0);
}

/** A bar, as long as its share of the longest one in its column, and the same in words. */
function side(chain: readonly StageDocument[], of: Side, longestMs: Ms): Markup {
  let from = 0;
  const bars = chain.map((stage) => {
    const width = (100 * stage[of]) / longestMs;
    const bar = html`<rect
      class="stage ${stage.class}"
      x="${percent(from)}"
      width="${percent(width)}"
      height="100%"
    />`;
    from += width;
    return bar;
  });
  const words = chain.map((stage) => `${stage.name} ${timeText(stage[of])}`).join(", ");
  const title = of === "ms" ? "Here" : "At AWS";
  return html`<td role="cell" data-title="${title}">
    <svg class="bar" aria-hidden="true">${bars}</svg><b>${timeText(lengthOf(chain, of))}</b> <small>${words}</small>
  </td>`;
}

function percent(share: number): string {
  return `${Math.round(share * 100) / 100}%`;
}
