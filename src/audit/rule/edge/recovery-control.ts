import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import { keyOf } from "../../evaluate/value.ts";
import type { Rule, Verdict } from "../rule.ts";
import { fail, resourceRule, unknown } from "../table.ts";
import { type DnsRecord, recordRule, recordSets } from "./record.ts";

const PLAN = "AWS::ARCRegionSwitch::Plan";
const PANEL = "AWS::Route53RecoveryControl::ControlPanel";
const CONTROL = "AWS::Route53RecoveryControl::RoutingControl";
const SAFETY_RULE = "AWS::Route53RecoveryControl::SafetyRule";

/** What people switch a region with, by a call that needs no control plane. */
const hasSwitch = (model: Model): boolean => model.of(PLAN, CONTROL).length > 0;

function cannotBeSwitched(record: DnsRecord, model: Model): Verdict {
  if (record.at("Failover") !== "PRIMARY" || hasSwitch(model)) return undefined;
  const message = "moves only when its health check fails: there is no Region switch plan and no routing control";
  const at = record.path("Failover");
  const isWhole = recordSets(model).get(record.set)?.hasSecondary === true;
  return isWhole ? fail(message, at) : unknown(`${message} in these templates; another stack may have one`, at);
}

/** The control panels that a safety rule watches, by what it names them with. */
const guardedPanels = derived(
  (model) =>
    new Set(
      model
        .of(SAFETY_RULE)
        .map((rule) => rule.at("ControlPanelArn"))
        .map((value) => model.target(value)?.key ?? keyOf(value)),
    ),
);

function hasNoSafetyRule(panel: Resource, model: Model): Verdict {
  const controls = model.mentionsOf(panel, CONTROL);
  if (controls.length === 0 || model.of(PLAN).length > 0 || guardedPanels(model).has(panel.key)) return undefined;
  return fail(
    `has ${controls.length === 1 ? "a routing control" : `${controls.length} routing controls`} and no safety rule`,
  );
}

/** Rules about how people move customers to another region. */
export const RECOVERY_CONTROL: readonly Rule[] = [
  recordRule({
    id: "region-switch",
    title: "nobody can decide to move customers to the other region",
    severity: "medium",
    loss: "region",
    applies: "multi-region",
    practice: "REL13-BP05",
    judge: cannotBeSwitched,
    why: "A region that is slow, wrong or half lost passes its health checks, and changing records needs us-east-1.",
    fix: "add an `AWS::ARCRegionSwitch::Plan`, or a routing control whose health check the record follows",
    source: "https://docs.aws.amazon.com/r53recovery/latest/dg/region-switch.html",
  }),
  resourceRule({
    id: "arc-safety-rule",
    title: "routing controls have no safety rule",
    severity: "medium",
    loss: "change",
    practice: "REL13-BP05",
    type: PANEL,
    judge: hasNoSafetyRule,
    why: "One mistaken call turns off every region at once: nothing asserts that one of them stays on.",
    fix: "add an `AWS::Route53RecoveryControl::SafetyRule` with an assertion that at least one control is on",
    source: "https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.safety-rules.html",
  }),
];
