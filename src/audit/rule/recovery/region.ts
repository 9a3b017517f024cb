import { type Answer, agreed, answerOf, some } from "../../../base/answer.ts";
import { elementsOf } from "../../evaluate/judge.ts";
import { type Value, optionsOf, partOf } from "../../evaluate/value.ts";
import { derived } from "../../model/derived.ts";
import type { Model } from "../../model/model.ts";
import type { Resource } from "../../model/resource.ts";
import type { Objectives } from "../rule.ts";
import { isBackedUp } from "./coverage.ts";

/** Below this, for the region's recovery time or point, a restore from backups is too late or too old. */
const RESTORE_MS = 60 * 60_000;

/** Whether the objectives leave time enough for a restore, and a plan copies a resource's backups to elsewhere. */
export function isRecoveredByBackup(resource: Resource, model: Model, objectives: Objectives): Answer {
  const { regionRtoMs, regionRpoMs } = objectives;
  if ((regionRtoMs ?? RESTORE_MS) < RESTORE_MS || (regionRpoMs ?? RESTORE_MS) < RESTORE_MS) return "no";
  return isBackedUp(resource, model, (plan) => leavesRegion(plan, model));
}

/** Whether a backup plan copies anything to a vault that is not beside its own. */
export function leavesRegion(plan: Resource, model: Model): Answer {
  const rules = elementsOf(plan.at("BackupPlan.BackupPlanRule")).elements;
  return some(rules.map((rule) => copiesAway(partOf(rule, "CopyActions"), plan, model)));
}

function copiesAway(actions: Value | undefined, plan: Resource, model: Model): Answer {
  const answers = optionsOf(actions).map((option) => {
    const vaults = elementsOf(option).elements.map((action) =>
      model.target(partOf(action, "DestinationBackupVaultArn")),
    );
    return answerOf(vaults.some((vault) => vault === undefined || vault.template !== plan.template));
  });
  return agreed(answers);
}

const regionsByName = derived((model): ReadonlyMap<string, ReadonlySet<string>> => {
  const regions = new Map<string, Set<string>>();
  for (const { id, type, template } of model.resources) {
    if (template.region === null) continue;
    const name = `${type} ${id}`;
    const known = regions.get(name);
    if (known === undefined) regions.set(name, new Set([template.region]));
    else known.add(template.region);
  }
  return regions;
});

/** Whether these files deploy a resource of the same name in another region too, as a stack for each region does. */
export function hasTwin({ id, type }: Resource, model: Model): boolean {
  return (regionsByName(model).get(`${type} ${id}`)?.size ?? 0) > 1;
}
