import { type Markup, html } from "./markup.ts";

const TERMS: readonly { readonly term: string; readonly means: readonly string[] }[] = [
  {
    term: "Operation",
    means: [
      "What a customer wants: a write or a read with one key, of up to three tries.",
      "It failed where none of them succeeded, and is unknown where an answer got lost, so that it may have happened.",
    ],
  },
  {
    term: "T0 … T5",
    means: [
      "T0: the fault. T1: the end of the first try that failed. T2: the system noticed. T3: a replica was promoted.",
      "T4: the last operation that did not end ok was due.",
      "T5: three seconds begin in which 99% of operations end ok at normal speed.",
    ],
  },
  {
    term: "Recovery",
    means: [
      "T5 − T0 of the slowest journey; 0 where no operation failed.",
      "What a journey needs may be something that nobody can make work until the fault is undone:",
      "its recovery at AWS then counts from there.",
    ],
  },
  {
    term: "At AWS",
    means: [
      "The same recovery with AWS's own intervals and documented times: a timer as long as it is at AWS,",
      "a promotion as long as AWS documents it, and the program's own time as measured.",
      "Objectives are held against this.",
    ],
  },
  {
    term: "Lost",
    means: [
      "Acknowledged, and absent at the end, though neither queued nor set aside.",
      "A range, such as 2–5, where some could not be read back.",
    ],
  },
  {
    term: "Pending, stranded",
    means: ["Acknowledged and absent, but in a queue (pending) or in a dead-letter queue (stranded): not lost."],
  },
  { term: "Diverged", means: ["Keys that one copy of the data has and another has not."] },
  {
    term: "Applied twice, redelivered",
    means: [
      "An effect that shows more than once is an error.",
      "A message that is delivered again is allowed, as long as its effect stays one.",
    ],
  },
  {
    term: "Whole after",
    means: ["When every instance was back and every replica in sync. Until then a second fault may hurt."],
  },
  { term: "Unknown", means: ["Something could not be observed. It is never counted as a pass."] },
];

/** What the words of the page mean, for a reader who has nothing else. */
export function drawGlossary(): Markup {
  return html`<section aria-labelledby="words">
    <h2 id="words">How to read this</h2>
    <dl class="about">
      ${TERMS.map(
        ({ term, means }) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${means.join(" ")}</dd>
          </div> `,
      )}
    </dl>
  </section>`;
}
