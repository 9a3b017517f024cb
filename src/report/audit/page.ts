import type { AuditDocument, AuditGraph, Finding, LossReport } from "../../base/audit-document.ts";
import { SEVERITIES, isAsGrave } from "../../base/audit-document.ts";
import { type Markup, html, trusted } from "../html/markup.ts";
import { drawStandalone } from "../html/standalone.ts";
import { drawGraph } from "./graph-figure.ts";
import { HEADINGS } from "./heading.ts";
import { counted, firstOf, lossName } from "./phrase.ts";

/** What the page shows beside the document. */
export interface AuditPage {
  readonly document: AuditDocument;
  readonly graph: AuditGraph;
  /** What was audited, as the user named it. */
  readonly subject: string;
}

/** So many losses are drawn; those after them are told in words. */
const MOST_DRAWN = 8;

const OWN_STYLE = `
.finding { border-top: 1px solid var(--rule); padding: 1rem 0; }
.finding p { overflow-wrap: anywhere; }
.finding h3 { margin: 0 0 .2rem; overflow-wrap: anywhere; }
.finding .where { color: var(--dim); font-size: .8125rem; overflow-wrap: anywhere; }
.severity { font-weight: 600; } .severity.critical, .severity.high { color: var(--fail); }
.severity.medium, .severity.low, .severity.unknown { color: var(--unknown); }
.drawing { overflow-x: auto; }
.graph { height: auto; margin-top: .8rem; fill: var(--ink); }
@media print { .graph { max-width: 100%; } }
.graph text { font: 12px var(--sans); fill: var(--ink); }
.graph .zone { fill: var(--soft); stroke: var(--rule); }
.graph .zone.lost { fill: var(--shade); stroke: var(--fail); stroke-dasharray: 4 3; }
.graph .zone-name { font-weight: 600; fill: var(--dim); }
.graph .node rect { fill: var(--paper); stroke: var(--dim); }
.graph .node.stops rect { stroke: var(--fail); stroke-width: 2.5; }
.graph .node.stops text { fill: var(--fail); font-weight: 600; }
.graph .node.may-stop rect { stroke: var(--maybe); stroke-width: 2; stroke-dasharray: 3 2; }
.graph .edge { fill: none; stroke: var(--dim); stroke-opacity: .45; }
details { margin-top: 1rem; } summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
`;

/** An audit as one page that stands by itself. The same audit gives the same page. */
export function drawAuditPage({ document, graph, subject }: AuditPage): string {
  return drawStandalone({
    title: `${subject}: ${verdictOf(document)}`,
    style: OWN_STYLE,
    body: html`${drawHead(document, subject)} ${drawLosses(document.blastRadius, graph)} ${drawFindings(document)}
    ${drawChecklist(document)} ${drawProblems(document)}`,
    footer: "Written by Holdfast from the files alone. What they do not say is counted as unknown.",
  });
}

function failuresOf({ findings }: AuditDocument): readonly Finding[] {
  return findings.filter(({ outcome }) => outcome === "fail");
}

function verdictOf(document: AuditDocument): string {
  const failures = failuresOf(document);
  const grave = failures.filter(({ severity }) => isAsGrave(severity, "high")).length;
  if (failures.length === 0) return "nothing found";
  const all = counted(failures.length, "finding");
  return grave === 0 ? `${all}, none of them grave` : `${grave} grave of ${all}`;
}

function drawHead(document: AuditDocument, subject: string): Markup {
  const { files, resources, suppressed, known, findings } = document;
  const failures = failuresOf(document);
  const tiles = SEVERITIES.map((severity) => ({
    severity,
    count: failures.filter((finding) => finding.severity === severity).length,
  }));
  const notes = [
    `${counted(resources, "resource")} of ${counted(files, "file")}`,
    `${findings.length - failures.length} could not be judged`,
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(known > 0 ? [`${known} known before`] : []),
  ];
  return html`<header>
    <p class="eyebrow">What would not survive</p>
    <h1>${subject}</h1>
    <p class="verdict">${verdictOf(document)}</p>
    <dl class="tiles">
      ${tiles.map(
        ({ severity, count }) =>
          html`<div>
            <dt>${severity}</dt>
            <dd><b>${count}</b></dd>
          </div>`,
      )}
    </dl>
    <p class="facts">${notes.join("; ")}</p>
  </header>`;
}

function drawLosses(losses: readonly LossReport[], graph: AuditGraph): Markup | null {
  const weight = ({ stops, mayStop }: LossReport): number => (stops.length > 0 ? 2 : mayStop.length > 0 ? 1 : 0);
  const telling = losses.filter((loss) => weight(loss) > 0).toSorted((one, other) => weight(other) - weight(one));
  const harmless = losses.filter((loss) => loss.lost.kind === "zone" && weight(loss) === 0);
  if (telling.length + harmless.length === 0) return null;
  const first = telling.find(({ lost, stops }) => lost.kind === "zone" && stops.length > 0);
  return html`<section aria-labelledby="losses">
    <h2 id="losses">What stops with each loss</h2>
    ${telling.map((loss, at) => drawLoss(loss, at < MOST_DRAWN ? graph : null, loss === first))}
    ${
      harmless.length === 0
        ? null
        : html`<p class="hint">Nothing stops with ${harmless.map(({ lost }) => lossName(lost)).join(", ")}.</p>`
    }
  </section>`;
}

function drawLoss(loss: LossReport, graph: AuditGraph | null, isOpen: boolean): Markup {
  const { lost, stops, mayStop, because } = loss;
  const said = stops.length === 0 ? "nothing stops for certain" : `${stops.length} stop`;
  const maybe = mayStop.length === 0 ? "" : `, ${mayStop.length} may stop`;
  return html`<details ${isOpen ? trusted("open") : null}>
    <summary>${lossName(lost)}: ${said}${maybe}</summary>
    ${graph === null ? null : html`<div class="drawing">${drawGraph(graph, loss)}</div>`}
    <ul class="faults">
      ${because.map((path) => html`<li>${path}</li>`)}
    </ul>
  </details>`;
}

function drawFindings({ findings }: AuditDocument): readonly Markup[] {
  const groups = Map.groupBy(findings, ({ loss }) => loss);
  return Object.entries(HEADINGS).flatMap(([loss, heading]) => {
    const own = groups.get(loss as Finding["loss"]) ?? [];
    if (own.length === 0) return [];
    return [
      html`<section aria-labelledby="loss-${loss}">
        <h2 id="loss-${loss}">${heading}</h2>
        ${own.map(drawFinding)}
      </section>`,
    ];
  });
}

function drawFinding(finding: Finding): Markup {
  const { severity, outcome, resource, type, message, file, line, construct, why, fix, rule, practice, source } =
    finding;
  const mark = outcome === "unknown" ? "unknown" : severity;
  return html`<article class="finding">
    <h3><span class="severity ${mark}">${mark}</span> ${resource} <small>${type}</small></h3>
    <p>${message}</p>
    <p class="where"><code>${file}:${line}</code>${construct === null ? null : html` · ${construct}`} · ${rule}</p>
    <p>${why}</p>
    <p><b>Fix:</b> ${fix}. <a href="${source}">${practice}</a></p>
  </article>`;
}

function drawChecklist({ checklist }: AuditDocument): Markup | null {
  if (checklist.length === 0) return null;
  return html`<section aria-labelledby="checklist">
    <h2 id="checklist">The checklist for high availability and fault tolerance</h2>
    <dl class="about">
      ${checklist.map(
        ({ item, answer, evidence }) =>
          html`<div>
            <dt><b>${answer}</b></dt>
            <dd>${item}${evidence.length === 0 ? null : html`<br /><small>${firstOf(evidence, 8)}</small>`}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function drawProblems({ problems }: AuditDocument): Markup | null {
  if (problems.length === 0) return null;
  return html`<section aria-labelledby="problems">
    <h2 id="problems">What could not be read</h2>
    <ul>
      ${problems.map(({ code, at, message, fix }) => html`<li><code>${code}</code> ${at}: ${message}; ${fix}</li>`)}
    </ul>
  </section>`;
}
