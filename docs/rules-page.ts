import { SEVERITIES } from "../src/base/audit-document.ts";
import { HEADINGS } from "../src/report/audit/heading.ts";
import { RULES } from "../src/audit/rule/all.ts";
import type { Rule } from "../src/audit/rule/rule.ts";

const INTRO = [
  "Everything that `holdfast audit` asks of a template, by what has to be lost, or to come, for it to show. A rule",
  "marked *multi-region*, *tier 0* or *peak* is asked only where a file of objectives says that it matters. What a",
  "template cannot tell is `unknown`, is counted apart, and never fails. `holdfast audit --list` prints the same.",
].join("\n");

/** The page `docs/rules.md`: every rule of the audit. */
export function rulesPage(): string {
  const sections = Object.entries(HEADINGS).map(([loss, heading]) => {
    const rules = RULES.filter((rule) => rule.loss === loss).toSorted(
      (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
    );
    return rules.length === 0 ? "" : [`## ${heading}`, "", ...rules.flatMap(entry)].join("\n");
  });
  const note = "<!-- Written by `npm run docs` from the rules in the code. -->";
  const count = `There are ${RULES.length} rules.`;
  return ["# Rules of the audit", "", note, "", `${INTRO} ${count}`, "", ...sections].join("\n");
}

const ASKED: Readonly<Record<Rule["applies"], string>> = {
  base: "",
  "multi-region": ", *multi-region*",
  peak: ", *peak*",
  tier0: ", *tier 0*",
};

function entry({ id, title, severity, applies, why, fix, practice, source }: Rule): readonly string[] {
  return [
    `### ${id}`,
    "",
    `${title.charAt(0).toUpperCase()}${title.slice(1)} (${severity}${ASKED[applies]}). ${why}`,
    "",
    `Fix: ${fix}. [${practice}](${source})`,
    "",
  ];
}
