/**
 * The page's style. It has nothing from elsewhere, lets the reader's system choose light or dark, prints black on
 * white, and folds tables into cards where there is little room. Every colour of text has a contrast of 4.5 or more.
 */
export const STYLE = `
:root {
  --paper: #fff; --ink: #1b1f24; --dim: #59616b; --rule: #dcdfe3; --soft: #f5f6f8; --link: #1d5a92;
  --pass: #17693c; --fail: #b3261e; --unknown: #7d5200;
  --ok: #8aa3ba; --maybe: #b97b00; --band: #cfdbe6; --shade: #b3261e1a;
  --timer: #8aa3ba; --provider: #33506b; --program: #c9b27a; --person: #9a6fb0;
  --leads: #c4dccd; --ready: #e6eaee; --gone: #f3cfcc; --night: #1b1f2433;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", Cambria, Georgia, serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e5e7ea; --dim: #9ca5af; --rule: #30363d; --soft: #1c2126; --link: #8fc1ee;
    --pass: #6cc48f; --fail: #ff8a80; --unknown: #e5b567;
    --ok: #56718a; --maybe: #d9a441; --band: #26384a; --shade: #ff8a8022;
    --timer: #56718a; --provider: #a9c4dd; --program: #8d7b4c; --person: #b48ac9;
    --leads: #23452f; --ready: #262c33; --gone: #5a2926; --night: #00000088;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 var(--sans); }
main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 2.5rem; }
h1, h2, h3, h4, p, dl, dd, ul, ol, table, pre, figure { margin: 0; }
h1 { font: 600 2.4rem/1.15 var(--serif); overflow-wrap: anywhere; }
h2 { font: 600 1.6rem/1.25 var(--serif); overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 2rem 0 .5rem; }
h4 { font-size: .9rem; margin: 1.1rem 0 .1rem; padding-left: 3.4rem; overflow-wrap: anywhere; }
small { font-size: .8125em; font-weight: 400; color: var(--dim); }
h2 + dl, h2 + p { margin-top: .7rem; }
h2 small { font: 400 1rem var(--sans); }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre { font: .875em/1.5 var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
ul, ol { padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
section { margin-top: 3.5rem; }
section.drill { border-top: 1px solid var(--rule); padding-top: 2rem; }
footer { margin-top: 4rem; padding-bottom: 3rem; color: var(--dim); font-size: .8125rem; }
.eyebrow { color: var(--dim); font-size: .8125rem; letter-spacing: .04em; margin-bottom: .35rem; }
.verdict { font: 1.3rem/1.45 var(--serif); max-width: 42rem; margin: .8rem 0 1.8rem; }
.summary { font: 1.1rem/1.5 var(--serif); max-width: 42rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
.facts { color: var(--dim); font-size: .9rem; }
.hint, figcaption {
  color: var(--dim); font-size: .8125rem; margin-top: .6rem; max-width: 52rem; overflow-wrap:
  anywhere;
}
.command {
  background: var(--soft); padding: .6rem .8rem; margin-top: .4rem; white-space: pre-wrap;
  border-radius: 3px;
}
.end { font-size: .8125rem; margin-top: 1.5rem; }
.badge {
  font: 600 .8125rem/1 var(--sans); display: inline-block; padding: .28em .55em; border: 1px solid;
  border-radius: 3px; vertical-align: .25em; white-space: nowrap;
}
td .badge { vertical-align: baseline; }
.badge.pass { color: var(--pass); }
.badge.fail { color: var(--fail); }
.badge.unknown { color: var(--unknown); }
.bad { color: var(--fail); font-weight: 600; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem 2rem;
  padding: 1.1rem 0; margin-bottom: 1.2rem; border: solid var(--rule); border-width: 1px 0;
}
.tiles dt { color: var(--dim); font-size: .8125rem; }
.tiles b { font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles small { display: block; overflow-wrap: anywhere; }
.about { display: grid; gap: .35rem 1.5rem; font-size: .9375rem; }
.about div { display: grid; grid-template-columns: 10rem minmax(0, 1fr); gap: 0 1.5rem; }
.about dt { color: var(--dim); }
.about dt, .about dd { overflow-wrap: anywhere; max-width: 46rem; }
.reasons { border-left: 3px solid; padding: .2rem 0 .2rem 1rem; margin-top: 1.5rem; }
.reasons.fail { border-color: var(--fail); } .reasons.unknown { border-color: var(--unknown); }
.reasons h3 { margin-top: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; vertical-align: baseline; }
td { vertical-align: baseline; }
thead th { color: var(--dim); font-size: .8125rem; font-weight: 400; }
tbody tr { border-top: 1px solid var(--rule); }
.overview { margin-top: .8rem; }
.overview th, .overview td { padding: .5rem .9rem .5rem 0; overflow-wrap: anywhere; }
.overview thead th { overflow-wrap: normal; }
.overview th small { display: block; }
.overview td { white-space: nowrap; }
.groups, .keys {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19.5rem, 100%), 1fr)); gap:
  1.5rem 2.5rem; align-items: start;
}
.keys { grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.scroll { overflow-x: auto; }
.numbers .strip { width: 40%; min-width: 10rem; }
.dots { display: block; width: 100%; height: .8rem; overflow: visible; }
.dots circle { fill: var(--link); fill-opacity: .45; }
.figures { font-size: .8438rem; }
.figures caption { text-align: left; font-weight: 600; padding-bottom: .2rem; }
.figures th, .figures td { padding: .18rem .6rem .18rem 0; }
.figures tbody th { font-weight: 400; }
.figures .sub { padding-left: 1rem; color: var(--dim); }
.groups td, .groups thead th, .numbers td, .numbers thead th + th {
  text-align: right; padding-right: 0; padding-left: .8rem; white-space: nowrap;
}
.groups thead th { white-space: normal; }
.groups thead th small { display: block; }
.stages th, .stages td { padding: .5rem 1.5rem .5rem 0; width: 42%; overflow-wrap: anywhere; }
.stages th { width: 16%; }
.bar { display: block; width: 100%; height: .6rem; margin-bottom: .2rem; }
svg { overflow: hidden; } svg.plot, svg.axis, svg.spill { overflow: visible; }
.stage { stroke: var(--paper); stroke-width: 1px; }
.stage.timer { fill: var(--timer); }
.stage.provider { fill: var(--provider); }
.stage.program { fill: var(--program); }
.stage.person { fill: var(--person); }
.role { stroke: var(--paper); } .role.leads { fill: var(--leads); }
.role.stands-ready { fill: var(--ready); } .role.given-up { fill: var(--gone); }
.row text.leads, .row text.stands-ready, .row text.given-up { fill: var(--ink); }
.plan { fill: var(--link); stroke: var(--paper); stroke-width: 1px; }
.arrival { stroke: var(--ink); stroke-width: 2px; }
.dark { fill: var(--night); }
.lag { stroke: var(--link); stroke-width: 1.5px; }
.strategy { fill: var(--ok); fill-opacity: .55; stroke: var(--provider); }
.compared tbody th { white-space: nowrap; } .compared td { white-space: normal; }
.strategies text { fill: var(--ink); } .told { margin-top: 1rem; font-size: .9375rem; }
.legend {
  display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .8125rem; color: var(--dim);
  margin-top: .6rem;
}
.swatch { width: 14px; height: 10px; vertical-align: -1px; }
.timeline { margin-top: .5rem; }
.row { display: grid; grid-template-columns: 3.4rem minmax(0, 1fr); margin-top: 2px; }
h4 ~ .row + .row { margin-top: 8px; }
.row .plot { width: 100%; display: block; }
.row .axis { width: 100%; padding-right: .5rem; }
.row text { font: 11px var(--sans); fill: var(--dim); }
.labels text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.row .axis text { text-anchor: end; }
.row text.fault { fill: var(--fail); }
.row text.well { fill: var(--pass); }
.row text.system { fill: var(--ink); }
.grid { stroke: var(--rule); } .base { stroke: var(--dim); }
.bar-ok { fill: var(--ok); } .bar-failed { fill: var(--fail); }
.bar-unknown {
  fill: var(--paper); stroke: var(--maybe); stroke-width: 1.5px; vector-effect: non-scaling-stroke;
}
.bar-blocked { fill: var(--provider); }
.band { fill: var(--band); }
.p50, .p99 { fill: none; stroke: var(--provider); stroke-width: 1.75px; vector-effect: non-scaling-stroke; }
.p99 { stroke: var(--ok); stroke-width: 1px; }
.limit { stroke: var(--maybe); stroke-dasharray: 2 3; }
.shade { fill: var(--shade); }
.mark { stroke-width: 1px; } .mark.fault { stroke: var(--fail); }
.mark.system { stroke: var(--ink); stroke-dasharray: 4 2; }
.mark.well { stroke: var(--pass); stroke-dasharray: 1 2; }
.faults { columns: 20rem; font-size: .875rem; margin-top: .8rem; }
@media screen and (max-width: 46rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.9rem; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .9rem 1rem; }
  .tiles b { font-size: 1.25rem; }
  .about div { grid-template-columns: minmax(0, 1fr); margin-bottom: .4rem; }
  .row { grid-template-columns: 2.9rem minmax(0, 1fr); } h4 { padding-left: 2.9rem; }
  .overview, .overview tbody, .overview tr, .overview th, .overview td,
  .stages, .stages tbody, .stages tr, .stages th, .stages td {
    display: block; width: auto; padding-right: 0;
  }
  .overview thead, .stages thead {
    position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;
    white-space: nowrap;
  }
  .overview tbody tr {
    padding: .7rem 0; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .4rem
    1rem;
  }
  .overview th { grid-column: 1 / -1; }
  .overview th, .overview td, .stages th, .stages td {
    padding-top: 0; padding-bottom: 0; white-space: normal;
  }
  .overview td::before, .stages td::before {
    content: attr(data-title); display: block; color: var(--dim); font-size: .75rem; font-weight:
    400;
  }
  .stages tbody tr { padding: .7rem 0; display: grid; gap: .4rem; }
}
@media print {
  html { font-size: 13px; }
  body { font-size: 1rem; }
  main, footer { max-width: none; padding: 0; margin-top: 0; }
  h3 { margin-top: 1.1rem; }
  h4 { margin-top: .6rem; }
  section { margin-top: 2rem; }
  .figures th, .figures td { padding-top: 0; padding-bottom: 0; }
  h2, h3, h4, caption, thead { break-after: avoid; }
  header, tr, .tiles, .row, .reasons, .about div, .legend, li { break-inside: avoid; }
  section.drill { break-before: page; border: 0; padding: 0; margin: 0; }
  .scroll { overflow: visible; }
  .figures th, .figures td { overflow-wrap: anywhere; }
  .numbers td, .numbers th { white-space: normal; padding-left: .4rem; padding-right: 0; }
  .numbers .strip { min-width: 0; width: 30%; padding: 0 .3rem; }
  .end { display: none; }
  a { color: inherit; text-decoration: none; }
  svg rect, svg path, .badge, .command { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
