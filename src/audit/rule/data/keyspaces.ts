import { isTrue } from "../../evaluate/judge.ts";
import type { Rule } from "../rule.ts";
import { propertyRule } from "../table.ts";

/** Rules about Keyspaces. */
export const KEYSPACES: readonly Rule[] = [
  propertyRule({
    id: "keyspaces-pitr",
    title: "a table of Keyspaces cannot be restored to a point in time",
    severity: "medium",
    loss: "data",
    practice: "REL09-BP03",
    type: "AWS::Cassandra::Table",
    property: "PointInTimeRecoveryEnabled",
    holds: isTrue,
    why: "What a wrong release or a mistaken call writes over cannot be had back.",
    fix: "set `PointInTimeRecoveryEnabled` to true",
    source: "https://docs.aws.amazon.com/keyspaces/latest/devguide/PointInTimeRecovery.html",
  }),
];
