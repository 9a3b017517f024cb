import { type Template, field, textOf } from "../../src/aws/template.ts";
import type { AwsStub, StubAnswer } from "./aws-stub.ts";
import { brokenBy } from "./export-rule.ts";
import { type Standing, keptFrom, leftByRollback } from "./protection-rule.ts";
import { retainedBy, takenBy } from "./retained-rule.ts";

/** A stack as the stub keeps it. */
export interface StubStack {
  status: string;
  template: string;
  parameters: Readonly<Record<string, string>>;
  outputs: Readonly<Record<string, string>>;
  isProtected: boolean;
  /** How often it was changed, which its last update's time tells. */
  changes?: number;
}

/** What CloudFormation is to the CDK's toolkit, as far as a deploy asks: change sets, events, states. */
export interface StubCloudFormation {
  /** By `name region`. */
  readonly stacks: Map<string, StubStack>;
  /** What a change set of a stack is said to replace, by the stack's name. */
  readonly replaces: Map<string, readonly string[]>;
  /** How many executed change sets a stack has failed in, and how: by its name. */
  readonly fails: Map<string, string>;
  /**
   * What it refused because of exports that are in use or are not there, of protection from deletion, or of names that
   * are taken.
   */
  readonly refused: string[];
  /** By region: the names of what stands there in no stack, because it was retained. */
  readonly retained: Map<string, Set<string>>;
  /** How often a stack is told as it was before its parameters were changed. */
  lag: number;
}

interface ChangeSet {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly type: string;
}

/**
 * Teaches a stub CloudFormation, and what the toolkit asks around it: who it is, and how the account is
 * bootstrapped.
 */
export function teachCloudFormation(stub: AwsStub): StubCloudFormation {
  const stacks = new Map<string, StubStack>();
  const changeSets = new Map<string, ChangeSet>();
  const deleted = new Set<string>();
  const retained = new Map<string, Set<string>>();
  const self: StubCloudFormation = { stacks, replaces: new Map(), fails: new Map(), refused: [], retained, lag: 0 };
  const keep = (region: string, names: readonly string[]): void =>
    void retained.set(region, new Set([...(retained.get(region) ?? []), ...names]));
  const former = new Map<string, { readonly stack: StubStack; left: number }>();
  const keyOf = (input: Readonly<Record<string, unknown>>, region: string): string =>
    `${String(input["StackName"]).replace(/^arn:.*:stack\/([^/]+)\/.*$/, "$1")} ${region}`;
  const arnOf = (key: string): string => {
    const [name, region] = key.split(" ");
    return `arn:aws:cloudformation:${region}:123456789012:stack/${name}/1`;
  };
  const gone = (key: string): StubAnswer => ({
    error: "ValidationError",
    message: `Stack with id ${key.split(" ")[0]} does not exist`,
  });
  stub.on("sts GetCallerIdentity", {
    xml: "<Arn>arn:aws:iam::123456789012:user/t</Arn><UserId>u</UserId><Account>123456789012</Account>",
  });
  stub.on("iam ListAccountAliases", { xml: "<AccountAliases><member>tea</member></AccountAliases>" });
  stub.on("sts AssumeRole", {
    xml:
      "<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken>" +
      "<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>",
  });
  stub.on("ssm GetParameter", ({ input }) =>
    String(input["Name"]).startsWith("/cdk-bootstrap/")
      ? { json: { Parameter: { Name: input["Name"], Value: "30" } } }
      : { error: "ParameterNotFound" },
  );
  stub.on("ssm PutParameter", { json: { Version: 1 } });
  stub.on("rds DescribeGlobalClusters", { xml: "<GlobalClusters/>" });
  stub.on("cloudformation DescribeStacks", ({ input, region }) => {
    const key = keyOf(input, region);
    const old = former.get(key);
    if (old !== undefined && (old.left -= 1) >= 0)
      return { xml: `<Stacks>${stackXml(key, arnOf(key), old.stack)}</Stacks>` };
    const stack = stacks.get(key);
    if (stack) return { xml: `<Stacks>${stackXml(key, arnOf(key), stack)}</Stacks>` };
    // By its ARN, a deleted stack can still be asked about.
    if (deleted.has(key) && String(input["StackName"]).startsWith("arn:")) {
      return { xml: `<Stacks>${stackXml(key, arnOf(key), { ...EMPTY, status: "DELETE_COMPLETE" })}</Stacks>` };
    }
    if (String(input["StackName"]) === "CDKToolkit") {
      return {
        xml: `<Stacks>${stackXml("CDKToolkit x", "arn", { ...EMPTY, outputs: { BucketName: "staging" } })}</Stacks>`,
      };
    }
    return gone(key);
  });
  stub.on("cloudformation GetTemplate", ({ input, region }) => {
    const stack = stacks.get(keyOf(input, region));
    return stack ? { xml: `<TemplateBody>${escapeXml(stack.template)}</TemplateBody>` } : gone(keyOf(input, region));
  });
  stub.on("cloudformation CreateChangeSet", ({ input, region }) => {
    const key = keyOf(input, region);
    const parameters: Record<string, string> = {};
    for (let at = 1; input[`Parameters.member.${at}.ParameterKey`] !== undefined; at += 1) {
      const value = input[`Parameters.member.${at}.ParameterValue`];
      const name = String(input[`Parameters.member.${at}.ParameterKey`]);
      parameters[name] = value === undefined ? (stacks.get(key)?.parameters[name] ?? "") : String(value);
    }
    const url = String(input["TemplateURL"] ?? "");
    const published = [...stub.objects].find(([path]) => url.endsWith(path.slice(path.indexOf("/") + 1)))?.[1];
    const template = String(input["TemplateBody"] ?? published ?? "{}");
    const untold = Object.entries((JSON.parse(template) as Template).Parameters ?? {})
      .filter(([name, parameter]) => parameters[name] === undefined && field(parameter, "Default") === undefined)
      .map(([name]) => name);
    if (untold.length > 0)
      return { error: "ValidationError", message: `Parameters: [${untold.join()}] must have values` };
    changeSets.set(key, { template, parameters, type: String(input["ChangeSetType"]) });
    if (!stacks.has(key)) stacks.set(key, { ...EMPTY, status: "REVIEW_IN_PROGRESS" });
    return { xml: `<Id>${arnOf(key)}/change-set</Id><StackId>${arnOf(key)}</StackId>` };
  });
  stub.on("cloudformation DescribeChangeSet", ({ input, region }) => {
    const key = keyOf(input, region);
    if (!changeSets.has(key)) return { error: "ChangeSetNotFound", message: "ChangeSet does not exist", status: 404 };
    const changes = (self.replaces.get(key.split(" ")[0]!) ?? []).map(
      (id) =>
        "<member><Type>Resource</Type><ResourceChange><Action>Modify</Action>" +
        `<LogicalResourceId>${id}</LogicalResourceId>` +
        "<ResourceType>AWS::SQS::Queue</ResourceType><Replacement>True</Replacement>" +
        "<Details><member><Target><Attribute>Properties</Attribute><Name>QueueName</Name></Target></member></Details>" +
        "</ResourceChange></member>",
    );
    return {
      xml:
        `<ChangeSetId>${arnOf(key)}/change-set</ChangeSetId><StackId>${arnOf(key)}</StackId>` +
        "<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>" +
        `<CreationTime>2026-01-01T00:00:00Z</CreationTime><Changes>${changes.join("")}</Changes>`,
    };
  });
  stub.on("cloudformation DeleteChangeSet", ({ input, region }) => {
    changeSets.delete(keyOf(input, region));
    return { xml: "" };
  });
  stub.on("cloudformation ExecuteChangeSet", ({ input, region }) => {
    const key = keyOf(input, region);
    const change = changeSets.get(key)!; // it was just created
    const former = stacks.get(key)!; // in review at least
    const next = JSON.parse(change.template) as Template;
    const { template: before } = standingOf(former);
    const taken = takenBy(before, next).filter((name) => retained.get(region)?.has(name));
    const broken = [...brokenIn(stacks, key, next), ...taken.map((name) => `${name} is there already`)];
    const rolledBack = change.type === "CREATE" ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
    const undone = broken.length === 0 ? undefined : rolledBack;
    const planned = self.fails.get(key.split(" ")[0]!) ?? undone;
    const stuck =
      planned === undefined
        ? keptFrom(standingOf(former), next)
        : leftByRollback({ template: next, parameters: change.parameters }, before);
    keep(region, planned === undefined ? retainedBy(before, next, "update") : retainedBy(next, before, "rollback"));
    self.refused.push(...broken, ...stuck.map((part) => `${part} is protected`));
    const failure = planned === "ROLLBACK_COMPLETE" && stuck.length > 0 ? "ROLLBACK_FAILED" : planned;
    changeSets.delete(key);
    const defaults = Object.entries(next.Parameters ?? {}).map(([name, own]) => [name, textOf(field(own, "Default"))]);
    // What only AWS knows, such as an ARN, is said as the reference that asks for it.
    const outputs = Object.entries(next.Outputs ?? {}).map(([name, { Value }]) => [name, textOf(Value)]);
    stacks.set(key, {
      ...former,
      template: failure === undefined ? change.template : former.template,
      parameters: { ...(Object.fromEntries(defaults) as Record<string, string>), ...change.parameters },
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      status: failure ?? (change.type === "CREATE" ? "CREATE_COMPLETE" : "UPDATE_COMPLETE"),
    });
    return { xml: "" };
  });
  stub.on("cloudformation UpdateStack", ({ input, region }) => {
    const stack = stacks.get(keyOf(input, region));
    if (!stack || input["UsePreviousTemplate"] !== "true") return gone(keyOf(input, region));
    const parameters: Record<string, string> = {};
    for (let at = 1; input[`Parameters.member.${at}.ParameterKey`] !== undefined; at += 1) {
      const name = String(input[`Parameters.member.${at}.ParameterKey`]);
      parameters[name] = String(input[`Parameters.member.${at}.ParameterValue`] ?? stack.parameters[name]);
    }
    const missing = Object.keys(stack.parameters).filter((name) => !(name in parameters));
    if (missing.length > 0) return { error: "ValidationError", message: `${missing.join()} must have values` };
    if (Object.entries(parameters).every(([name, value]) => stack.parameters[name] === value)) {
      return { error: "ValidationError", message: "No updates are to be performed." };
    }
    former.set(keyOf(input, region), { stack: { ...stack }, left: self.lag });
    stack.changes = (stack.changes ?? 0) + 1;
    const failure = self.fails.get(String(input["StackName"]));
    stack.status = failure ?? "UPDATE_COMPLETE";
    if (failure === undefined) stack.parameters = parameters;
    return { xml: "<StackId>x</StackId>" };
  });
  stub.on("cloudformation DescribeStackResources", ({ input }) => {
    const id = String(input["LogicalResourceId"]).toLowerCase();
    return { xml: `<StackResources><member><PhysicalResourceId>${id}</PhysicalResourceId></member></StackResources>` };
  });
  stub.on("ssm DeleteParameter", { json: {} });
  const events = { xml: "<StackEvents/><OperationEvents/>" };
  stub.on("cloudformation DescribeStackEvents", events);
  stub.on("cloudformation DescribeEvents", events);
  stub.on("cloudformation UpdateTerminationProtection", ({ input, region }) => {
    const stack = stacks.get(keyOf(input, region));
    if (stack) stack.isProtected = input["EnableTerminationProtection"] === "true";
    return { xml: "<StackId>x</StackId>" };
  });
  stub.on("cloudformation DeleteStack", ({ input, region }) => {
    const key = keyOf(input, region);
    const [broken] = brokenIn(stacks, key, null);
    if (broken !== undefined) {
      self.refused.push(broken);
      return { error: "ValidationError", message: broken };
    }
    const own = stacks.get(key);
    const kept = own === undefined || own.status === "ROLLBACK_COMPLETE" ? [] : keptFrom(standingOf(own), null);
    if (own !== undefined && kept.length > 0) {
      self.refused.push(...kept.map((part) => `${part} is protected`));
      own.status = "DELETE_FAILED";
      return { xml: "" };
    }
    if (own !== undefined) keep(region, retainedBy(standingOf(own).template, null, "update"));
    stacks.delete(key);
    deleted.add(key);
    return { xml: "" };
  });
  return self;
}

function standingOf({ template, parameters }: StubStack): Standing {
  return { template: JSON.parse(template) as Template, parameters };
}

/** What the other stacks of its region keep a stack from, by its `name region`. */
function brokenIn(stacks: ReadonlyMap<string, StubStack>, key: string, next: Template | null): readonly string[] {
  const parsed = ({ template }: StubStack): Template => JSON.parse(template) as Template;
  const own = stacks.get(key);
  const others = [...stacks].filter(([other]) => other !== key && other.split(" ")[1] === key.split(" ")[1]);
  const before = own === undefined ? {} : parsed(own);
  return brokenBy({ before, next, others: others.map(([, stack]) => parsed(stack)) });
}

const EMPTY: StubStack = { status: "CREATE_COMPLETE", template: "{}", parameters: {}, outputs: {}, isProtected: false };

function stackXml(key: string, arn: string, stack: StubStack): string {
  const { status, outputs, parameters, isProtected, changes = 0 } = stack;
  const pairs = (values: Readonly<Record<string, string>>, name: string): string =>
    Object.entries(values)
      .map(([k, v]) => `<member><${name}Key>${k}</${name}Key><${name}Value>${escapeXml(v)}</${name}Value></member>`)
      .join("");
  return (
    `<member><StackName>${key.split(" ")[0]}</StackName><StackId>${arn}</StackId><StackStatus>${status}</StackStatus>` +
    "<CreationTime>2026-01-01T00:00:00Z</CreationTime>" +
    `<LastUpdatedTime>2026-01-01T00:00:${String(changes).padStart(2, "0")}Z</LastUpdatedTime>` +
    `<EnableTerminationProtection>${isProtected}</EnableTerminationProtection>` +
    `<Outputs>${pairs(outputs, "Output")}</Outputs><Parameters>${pairs(parameters, "Parameter")}</Parameters></member>`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
