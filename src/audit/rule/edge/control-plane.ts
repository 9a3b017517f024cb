import { fromJsonText } from "../../evaluate/json-text.ts";
import { textsIn } from "../../evaluate/text.ts";
import { Text, shown } from "../../evaluate/value.ts";
import type { Resource } from "../../model/resource.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule } from "../table.ts";

const DOCUMENT = "AWS::SSM::Document";
const STATE_MACHINE = "AWS::StepFunctions::StateMachine";
const BOUNDARIES = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries";

/** Calls to change records, as an API's name, a state's resource, or in a script. */
const CHANGES_RECORDS = /change_?resource_?record_?sets/i;

/** Calls that make what a recovery then waits for. Taking a backup back is a strategy of its own, and none of these. */
const CREATES = /(^|[:.])(run_?instances|create_?(stack|db_?(instance|cluster)|load_?balancer|service|cluster))$/i;

const IS_RECOVERY = /fail-?over|recover|disaster|switch-?over|(^|[^a-z])dr([^a-z]|$)/i;

/** All texts of what a document or a state machine does, as far as they are known. */
function callsOf(resource: Resource): readonly string[] {
  const program = resource.at("Content") ?? resource.at("DefinitionString") ?? resource.at("Definition");
  return textsIn(fromJsonText(program)).flatMap((text) =>
    text instanceof Text ? text.parts.filter((part) => typeof part === "string") : text,
  );
}

function isRecovery(resource: Resource): boolean {
  const names = [
    resource.id,
    ...["Name", "StateMachineName", "Content.description"].map((path) => shown(resource.at(path))),
  ];
  return names.some((name) => IS_RECOVERY.test(name));
}

/** Rules about what a failover must not wait for: the control planes of AWS, of which some are in one region alone. */
export const CONTROL_PLANE: readonly Rule[] = [
  resourceRule({
    id: "failover-changes-records",
    title: "a failover changes records of Route 53",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL11-BP04",
    type: [DOCUMENT, STATE_MACHINE],
    judge: (resource): Verdict => {
      const call = callsOf(resource).find((text) => CHANGES_RECORDS.test(text));
      const name = CHANGES_RECORDS.exec(call ?? "")?.[0];
      return name === undefined ? undefined : fail(`calls ${name}, whose control plane is in us-east-1 alone`);
    },
    why: "When us-east-1 is what is lost, records cannot be changed; health checks and routing controls go on working.",
    fix: "let records follow a health check by `HealthCheckId`, and move traffic by what that check follows",
    source: `${BOUNDARIES}/global-services.html`,
  }),
  resourceRule({
    id: "recovery-creates-resources",
    title: "a recovery creates resources",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL11-BP04",
    type: [DOCUMENT, STATE_MACHINE],
    judge: (resource): Verdict => {
      if (!isRecovery(resource)) return undefined;
      const call = callsOf(resource).find((text) => CREATES.test(text));
      return call === undefined ? undefined : fail(`calls ${call.split(":").at(-1)} in a recovery`);
    },
    why: "When a region is lost, everybody creates at once: control planes are slow or down, and capacity is gone.",
    fix: "have the resources stand in the second region beforehand, and scale them: `AWS::ARCRegionSwitch::Plan` can",
    source: `${BOUNDARIES}/static-stability.html`,
  }),
];
