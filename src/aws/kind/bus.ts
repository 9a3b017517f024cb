import { CfnArchive, CfnEventBus, CfnRule } from "aws-cdk-lib/aws-events";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { assert } from "../../base/error.ts";
import { EVENTBRIDGE } from "../../facts/messaging.ts";
import { EVENT_BUS } from "../../facts/serverless.ts";
import type { BusRule } from "../../topology/kind/bus.ts";
import type { BusComponent } from "../../topology/topology.ts";
import type { BusHandle } from "../handle.ts";
import { letSend } from "../messaging/queue-policy.ts";
import { shipUndelivered } from "../messaging/undelivered.ts";
import { arnOf, logicalId, physicalName } from "../name.ts";
import { type Site, keep, tagged } from "../ship.ts";

const DAY_MS = 86_400_000;

/**
 * An EventBridge bus with its archive, both encrypted. Its rules follow when the functions that they call are there.
 *
 * There is no global endpoint: programs publish to the bus of their own region, and move with it when it is lost; one
 * would need them all to sign for several regions, and answers nothing that the region's failover does not.
 */
export function shipBus(site: Site, component: BusComponent): BusHandle {
  const { shipment, stacks, keyArn, region } = site;
  const { id, settings } = component;
  const name = physicalName(shipment, id);
  const sourceArn = arnOf("events", region.name, `event-bus/${name}`);
  // What cannot be encrypted with our key must not need it again on the way out.
  const undelivered = shipUndelivered(site, component, {
    sender: { service: "events.amazonaws.com", sourceArn },
    key: "sqs",
  });
  const bus = new CfnEventBus(stacks.messaging, logicalId(id, "bus"), {
    name,
    description: `Bus ${id} of ${shipment.system}`,
    kmsKeyIdentifier: keyArn,
    deadLetterConfig: { arn: undelivered },
    tags: tagged(shipment, component),
  });
  if (settings.archiveMs !== null) {
    const archive = new CfnArchive(stacks.messaging, logicalId(id, "archive"), {
      sourceArn: bus.attrArn,
      description: `Events of bus ${id} of ${shipment.system}, for replay`,
      retentionDays: Math.ceil(settings.archiveMs / DAY_MS),
      kmsKeyIdentifier: keyArn,
    });
    keep(archive, shipment);
  }
  const queues = new Set(settings.rules.flatMap(({ to }) => to).filter((to) => kindOf(site, to) === "queue"));
  for (const queue of queues) {
    const sid = logicalId("from-bus", id);
    letSend(stacks.messaging, queue, { sid, service: "events.amazonaws.com", sourceArn: rulesArn(site, id) });
  }
  return {
    id,
    kind: "bus",
    name: bus.ref,
    arn: bus.attrArn,
    ruleNames: [],
    access: [{ sid: logicalId("put-to", id), actions: ["events:PutEvents"], resources: [bus.attrArn] }],
    doors: [],
  };
}

/**
 * The rules of a bus, all in the stack of the functions, so that none moves when it gets a function as a target. A rule
 * of AWS has five targets; one with more becomes several.
 */
export function shipRules(site: Site, component: BusComponent): BusHandle {
  const handle = site.handles.get("bus", component.id);
  const rules = component.settings.rules.flatMap((rule) => {
    const deadLetters = shipUndelivered(site, component, {
      name: rule.name,
      sender: { service: "events.amazonaws.com", sourceArn: rulesArn(site, component.id) },
    });
    return inFives(rule).map((part) => shipRule(site, component, { part, deadLetters }));
  });
  return { ...handle, ruleNames: rules.map((rule) => rule.attrRuleName) };
}

/** The ARNs of all rules of a bus, as a pattern: their names are CloudFormation's. */
export function rulesArn({ shipment, region }: Site, bus: string): string {
  return arnOf("events", region.name, `rule/${physicalName(shipment, bus)}/*`);
}

/** A rule, or the part of it that AWS takes as one. */
interface RulePart {
  readonly id: string;
  readonly match: BusRule["match"];
  readonly to: readonly string[];
}

function inFives({ name, match, to }: BusRule): RulePart[] {
  const most = EVENT_BUS.targets.value;
  const parts = Math.ceil(to.length / most);
  return Array.from({ length: parts }, (_, index) => ({
    id: index === 0 ? name : `${name}-${index + 1}`,
    match,
    to: to.slice(index * most, (index + 1) * most),
  }));
}

function shipRule(site: Site, { id }: BusComponent, of: { part: RulePart; deadLetters: string }): CfnRule {
  const { stacks, handles } = site;
  const { part, deadLetters } = of;
  const rule = new CfnRule(stacks.compute, logicalId(id, part.id, "rule"), {
    description: `Rule ${part.id} of bus ${id}`,
    eventBusName: handles.get("bus", id).name,
    eventPattern: part.match,
    state: "ENABLED",
    targets: part.to.map((to) => ({
      id: to,
      arn: targetArn(site, to),
      deadLetterConfig: { arn: deadLetters },
      retryPolicy: {
        maximumEventAgeInSeconds: EVENTBRIDGE.retryFor.value / 1_000,
        maximumRetryAttempts: EVENTBRIDGE.retries.value,
      },
    })),
  });
  for (const to of part.to) {
    const target = handles.find(to);
    if (target?.kind !== "function") continue;
    new CfnPermission(stacks.compute, logicalId(id, part.id, "invokes", to), {
      action: "lambda:InvokeFunction",
      functionName: target.aliasArn,
      principal: "events.amazonaws.com",
      sourceArn: rule.attrArn,
    });
  }
  return rule;
}

function targetArn({ handles }: Site, to: string): string {
  const target = handles.find(to);
  if (target?.kind === "function") return target.aliasArn;
  assert(target?.kind === "queue" || target?.kind === "topic", `${to} can be the target of a rule`);
  return target.arn;
}

function kindOf({ handles }: Site, id: string): string | undefined {
  return handles.find(id)?.kind;
}
