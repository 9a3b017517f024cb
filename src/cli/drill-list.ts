import type { ListedDrill } from "../drill/drills.ts";
import { TOUR } from "../drill/plan.ts";
import { wrap } from "../report/text-layout.ts";
import { colors } from "./output.ts";

const WIDTH = 110;

/** What `drill --list` prints: those that apply, each with what it can strike, and then the names of the others. */
export function drawDrillList(drills: readonly ListedDrill[]): string {
  const applicable = drills.filter(({ targets }) => targets.length > 0);
  const others = drills.filter(({ targets }) => targets.length === 0).map(({ name }) => name);
  const width = Math.max(0, ...applicable.map(({ name }) => name.length)) + 2;
  const lines = applicable.flatMap(({ name, summary, targets, fisAction }) => {
    const inTour = (TOUR as readonly string[]).includes(name);
    const indent = " ".repeat(width);
    const [first = "", ...more] = wrap(summary, { width: WIDTH, first: indent, rest: indent });
    const head = `${colors.bold(name.padEnd(width))}${first.slice(width)}`;
    const about = [
      ...(inTour ? ["of the tour"] : []),
      `strikes ${targets.join(", ")}`,
      `at AWS: ${fisAction ?? "no FIS action"}`,
    ];
    const rest = about.flatMap((text) => wrap(text, { width: WIDTH, first: indent, rest: `${indent}  ` }));
    return [head, ...more, ...rest.map((text) => colors.dim(text)), ""];
  });
  const counted = `${applicable.length} of ${drills.length} drills apply to this system.`;
  const inapplicable =
    others.length === 0
      ? []
      : wrap(`Nothing to strike for: ${others.join(", ")}`, { width: WIDTH, first: "", rest: "  " });
  return [...lines, counted, ...inapplicable, ""].join("\n");
}
