/* oxlint-disable no-new -- a construct is made by being constructed in its stack */
import { App, Stack } from "aws-cdk-lib";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import type { Assembly } from "../../src/aws/synth.ts";

/** What a linked assembly is made with. */
export interface LinkedOptions {
  readonly directory: string;
  /** Queues of the data stack; the compute stack uses each, and the watch stack what compute makes of it. */
  readonly queues: readonly string[];
  /** A name of the queues: another one replaces them. */
  readonly queueName?: string;
}

const REGION = "us-east-1";

/** Three stacks of one region, each of which imports from the one before it. */
export function linkedAssembly({ directory, queues, queueName }: LinkedOptions): Assembly {
  const app = new App({
    outdir: directory,
    analyticsReporting: false,
    treeMetadata: false,
    context: { "@aws-cdk/core:defaultCrossStackReferences": "strong" },
  });
  const [data, compute, watch] = ["data", "compute", "watch"].map(
    (part) => new Stack(app, `tiny-dev-${part}-${REGION}`, { env: { region: REGION } }),
  ) as [Stack, Stack, Stack];
  for (const stack of [data, compute, watch]) new CfnParameter(stack, "Own", { type: "String", value: "own" });
  for (const name of queues) {
    const queue = new CfnQueue(data, `${name}Queue`, queueName === undefined ? {} : { queueName });
    const told = new CfnParameter(compute, `${name}Url`, { type: "String", value: queue.attrQueueUrl });
    new CfnParameter(watch, `${name}Watch`, { type: "String", value: told.ref });
  }
  const { stacks } = app.synth();
  const made = stacks.map(({ stackName, templateFile }) => ({
    name: stackName,
    region: REGION,
    template: templateFile,
    after: [],
  }));
  const order = [data, compute, watch].map(({ stackName }) => stackName);
  return {
    directory,
    manifest: {
      holdfast: 1,
      system: "tiny",
      stage: "dev",
      recovery: "pilot-light",
      active: REGION,
      stacks: made.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
      wires: [],
      sites: [],
    },
    templates: Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as object])),
  };
}
