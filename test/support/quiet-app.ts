import { App, CloudFormationValidatePlugin, type IPolicyValidationPlugin, Stack, Validations } from "aws-cdk-lib";
import { stackName } from "../../src/aws/name.ts";
import type { Shipment } from "../../src/aws/ship.ts";
import type { NewStack } from "../../src/aws/site.ts";

/** An app whose templates nobody validates: the CDK's own validator takes seconds, and warns of empty stacks. */
export function quietApp(): App {
  const app = new App({ analyticsReporting: false });
  const quiet = Object.create(CloudFormationValidatePlugin.prototype, {
    name: { value: "quiet" },
    version: { value: "1" },
    ruleIds: { value: [] },
    validate: { value: () => ({ success: true, violations: [] }) },
  }) as IPolicyValidationPlugin;
  Validations.of(app).addPlugins(quiet);
  return app;
}

/** Stacks with a name and nothing else. */
export function plainStacks(app: App, shipment: Shipment): NewStack {
  return (part, region) => new Stack(app, stackName(shipment, part, region), { env: { region } });
}
