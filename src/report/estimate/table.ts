import type {
  CostLine,
  EstimateDocument,
  EstimateStage,
  JourneyEstimate,
  LossScope,
  StrategyEstimate,
} from "../../base/estimate-document.ts";
import type { Paint } from "../drill-table.ts";
import {
  ESTIMATE_ROWS,
  type EstimateCell,
  changeText,
  dollars,
  meetsText,
  meetsWord,
  percent,
  times,
} from "./wording.ts";
import { columns, fit, wrap } from "../text-layout.ts";

const WIDTH = 100;
const LABEL = 16;
const COLUMN = 21;
const CAUSES = 5;

/** The strategies side by side, for people; of a single one also its stages and its costs by line. */
export function drawEstimate(document: EstimateDocument, paint: Paint): string {
  const { system, strategies, contradictions, compositeSla, assumes } = document;
  const shown = strategies.find(({ chosen }) => chosen) ?? strategies[0];
  const blocks = [
    [
      paint.bold(`${system}: the recovery strategies${strategies.length > 1 ? " side by side" : ""}`),
      ...table(strategies, paint),
    ],
    strategies.flatMap((strategy) => verdict(strategy, paint)),
    titled("What excludes each other", contradictions.flatMap(lines), paint),
    ...(shown === undefined ? [] : details(shown, strategies.length === 1, paint)),
    [
      ...lines(
        `composite SLA of one region ${percent(compositeSla.value)}, no availability: ${compositeSla.of.join(" × ")}`,
      ),
      ...assumes.flatMap(lines),
    ].map(paint.dim),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function table(strategies: readonly StrategyEstimate[], paint: Paint): readonly string[] {
  const row = (label: string, cell: EstimateCell): string =>
    `${fit(label, LABEL)}${strategies.map((each) => fit(cell(each), COLUMN)).join("")}`.trimEnd();
  const head = row("", ({ recovery, chosen }) => (chosen ? `${recovery} *` : recovery));
  const objectives = strategies.map(({ meetsObjectives: meets }) => {
    const text = fit(meetsWord(meets), COLUMN);
    return meets === true ? paint.green(text) : meets === false ? paint.red(text) : paint.yellow(text);
  });
  return [
    "",
    paint.bold(head),
    ...ESTIMATE_ROWS.map(([label, cell]) => row(label, cell)),
    `${fit("objectives", LABEL)}${objectives.join("")}`.trimEnd(),
    ...(strategies.some(({ chosen }) => chosen) ? [paint.dim("* the definition's")] : []),
  ];
}

function verdict(
  { recovery, meetsObjectives, reasons, cheapestChange }: StrategyEstimate,
  paint: Paint,
): readonly string[] {
  if (meetsObjectives === true) return [];
  const head = `${recovery} ${meetsText(meetsObjectives)}`;
  return [
    meetsObjectives === "unknown" ? paint.yellow(head) : paint.red(head),
    ...reasons.flatMap(lines),
    ...lines(changeText(cheapestChange)).map(paint.green),
  ];
}

function details(strategy: StrategyEstimate, whole: boolean, paint: Paint): readonly (readonly string[])[] {
  const { causes, journeys, losses, stages, costLines } = strategy;
  const downtime = causes
    .slice(0, whole ? causes.length : CAUSES)
    .map(({ cause, minutesPerYear: [low, high] }) => aligned([cause, 60], [times([low * 60_000, high * 60_000]), 38]));
  const scopes: readonly LossScope[] = ["instance", "zone", "region"];
  const blocks = [
    titled(`By journey, under ${strategy.recovery}`, journeys.flatMap(journeyRow), paint),
    titled(`What the downtime of ${strategy.recovery} is made of, a year`, downtime.flat(), paint),
    ...scopes.map((scope) =>
      titled(`Loss of ${scope === "instance" ? "an" : "a"} ${scope}`, stages[scope].flatMap(stageLines), paint),
    ),
    titled("Lost or waiting, beside the RPO", losses.flatMap(lines), paint),
  ];
  return whole ? [...blocks, titled("Cost a month, by line", costLines.flatMap(costRow), paint)] : blocks;
}

function journeyRow({ id, availabilityRange: [low, high], rtoRangeMs: rto }: JourneyEstimate): readonly string[] {
  const share = `${percent(low)}–${percent(high)}`;
  const losses = (["instance", "zone", "region"] as const).map((scope) => `${scope} ${times(rto[scope])}`);
  return aligned([id, 16], [share, 22], [`RTO ${losses.join(", ")}`, 60]);
}

function stageLines({ name, component, class: of, rangeMs, because }: EstimateStage): readonly string[] {
  return aligned([name, 9], [component, 14], [of, 10], [times(rangeMs), 16], [because, 49]);
}

function costRow({ component, what, usdPerMonth, assumes }: CostLine): readonly string[] {
  const cost = (usdPerMonth === null ? "unknown" : dollars(usdPerMonth)).padStart(8);
  return aligned([component, 14], [cost, 10], [what, 40], [assumes, 34]);
}

function titled(title: string, rows: readonly string[], paint: Paint): readonly string[] {
  return rows.length === 0 ? [] : [paint.bold(title), ...rows];
}

/** Texts in columns of their own, indented. */
function aligned(...cells: readonly (readonly [text: string, width: number])[]): readonly string[] {
  return columns(cells.map(([text, width]) => ({ text, width }))).map((line) => `  ${line}`);
}

function lines(text: string): readonly string[] {
  return wrap(text, { width: WIDTH, first: "  ", rest: "    " });
}
