import type { IIoHost, IoMessage, Toolkit } from "@aws-cdk/toolkit-lib";
import { InvariantError } from "../../base/error.ts";
import type { Host } from "../../base/host.ts";
import { type Aws, optional } from "./aws.ts";
import { CHANGE_SET } from "./change-set.ts";

/** One stack to deploy. */
export interface StackToDeploy {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Called when the change set is made and not executed yet; throws where it must not be. */
  readonly gate: () => Promise<void>;
}

/** The CDK's toolkit over one cloud assembly: it publishes images and files, and makes and executes change sets. */
export interface Deployer {
  /** Deploys one stack, and resolves with its outputs when CloudFormation has finished. */
  deploy(stack: StackToDeploy): Promise<Readonly<Record<string, string>>>;
  /** Deletes one stack. What its template retains stays. */
  destroy(name: string): Promise<void>;
  close(): Promise<void>;
}

type Library = typeof import("@aws-cdk/toolkit-lib");
/** CloudFormation throttles an account that asks it every second for many stacks. */
const POLL_MS = 3_000;

type Gate = () => Promise<void>;

/** An assembly, and the region in which the toolkit asks who it is. */
export interface DeployerOptions {
  readonly directory: string;
  /** One that is well: left to itself, the toolkit asks in us-east-1. */
  readonly region: string;
}

/** Opens the toolkit on an assembly. Its messages go to `host`; rejects with AWS-020 without it. */
export async function openDeployer(aws: Aws, { directory, region }: DeployerOptions, host: Host): Promise<Deployer> {
  const library = await optional("@aws-cdk/toolkit-lib", () => import("@aws-cdk/toolkit-lib"));
  let gate: { readonly run: Gate; refusal: unknown } | null = null;
  const ioHost: IIoHost = {
    async notify(message) {
      tell(host, message);
    },
    async requestResponse(request) {
      if (request.code === "CDK_TOOLKIT_I5060") {
        if (!gate) throw new InvariantError("the toolkit asks only about a stack that is being deployed");
        try {
          await gate.run();
        } catch (refusal) {
          gate.refusal = refusal;
          return false as never; // the answer to this request is a boolean
        }
        return true as never;
      }
      // A deletion was confirmed before; a rollback of a paused stack (I5050) is never begun unasked.
      return (request.code === "CDK_TOOLKIT_I7010") as never;
    },
  };
  const toolkit = new library.Toolkit({ ioHost, emojis: false, color: false, ...sdkOf(library, aws, region) });
  const source = await toolkit.fromAssemblyDirectory(directory);
  const assembly = await toolkit.synth(source);
  const stackEventPollingInterval = aws.access.pollMs ?? POLL_MS;
  return {
    async deploy({ name, parameters, gate: run }) {
      gate = { run, refusal: null };
      try {
        const { stacks } = await toolkit.deploy(assembly, {
          stacks: only(library, name),
          parameters: library.StackParameters.withExisting({ ...parameters }),
          deploymentMethod: { method: "change-set", changeSetName: CHANGE_SET },
          stackEventPollingInterval,
        });
        return stacks.find(({ stackName }) => stackName === name)?.outputs ?? {};
      } catch (error) {
        throw gate.refusal ?? error;
      }
    },
    async destroy(name) {
      await toolkit.destroy(assembly, { stacks: only(library, name), stackEventPollingInterval });
    },
    close: () => assembly.dispose(),
  };
}

type ToolkitOptions = NonNullable<ConstructorParameters<typeof Toolkit>[0]>;

function sdkOf({ BaseCredentials }: Library, { access }: Aws, region: string): Pick<ToolkitOptions, "sdkConfig"> {
  const { credentials } = access;
  const baseCredentials =
    credentials === undefined
      ? BaseCredentials.awsCliCompatible({ defaultRegion: region })
      : BaseCredentials.custom({ provider: async () => credentials, region });
  return { sdkConfig: { baseCredentials } };
}

function only({ StackSelectionStrategy, ExpandStackSelection }: Library, name: string) {
  return {
    strategy: StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE,
    patterns: [name],
    expand: ExpandStackSelection.NONE,
  };
}

/** What the toolkit says, as far as a person wants it: what goes wrong, what is published, and each resource. */
function tell(host: Host, { code, level, message, data }: IoMessage<unknown>): void {
  const text = message.trim();
  if (code === "CDK_TOOLKIT_I5502") {
    const { event } = data as {
      event: {
        StackName?: string;
        LogicalResourceId?: string;
        ResourceStatus?: string;
        ResourceType?: string;
        ResourceStatusReason?: string;
      };
    };
    const isBad = /FAILED|ROLLBACK/.test(event.ResourceStatus ?? "");
    const why = isBad && event.ResourceStatusReason !== undefined ? `: ${event.ResourceStatusReason}` : "";
    const said = `${event.ResourceStatus} ${event.LogicalResourceId} (${event.ResourceType})${why}`;
    return host.say({ level: isBad ? "warning" : "progress", about: event.StackName ?? "", text: said });
  }
  if (level === "error") host.say({ level: "error", text });
  else if (level === "warn") host.say({ level: "warning", text });
  else if (code?.startsWith("CDK_ASSETS_I5") && level === "info") host.say({ level: "progress", text });
}
