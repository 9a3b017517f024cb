import { CODES as AUDIT } from "../src/audit/codes.ts";
import { CODES as AWS } from "../src/aws/codes.ts";
import { CODES as DEFINITION } from "../src/definition/codes.ts";
import { CODES as DRILL } from "../src/drill/codes.ts";
import { CODES as ESTIMATE } from "../src/estimate/codes.ts";
import { CODES as FAULT } from "../src/fault/codes.ts";
import { CODES as LOCAL } from "../src/local/codes.ts";
import { CODES as TOPOLOGY } from "../src/topology/codes.ts";

const ROOMS = [
  { title: "Definition: what is written", codes: DEFINITION },
  { title: "Topology: where it is", codes: TOPOLOGY },
  { title: "Running", codes: LOCAL },
  { title: "Faults", codes: FAULT },
  { title: "Drills", codes: DRILL },
  { title: "Estimates", codes: ESTIMATE },
  { title: "Shipping", codes: AWS },
  { title: "Audit", codes: AUDIT },
] as const;

/** The page `docs/errors.md`: every code of a problem that a user can mend, from the tables in the code. */
export function errorsPage(): string {
  const sections = ROOMS.map(({ title, codes }) => {
    const rows = Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
    return [`## ${title}`, "", "| code | meaning |", "|---|---|", ...rows, ""].join("\n");
  });
  const intro = "Each message says where the problem is and how to mend it. A code keeps its meaning for ever.";
  const note = "<!-- Written by `npm run docs` from the tables in the code. -->";
  return ["# Errors", "", note, "", intro, "", ...sections].join("\n");
}
