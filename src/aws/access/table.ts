import type { Stack } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { ShippedStacks } from "../ship.ts";

/** One thing that a role of a system may do. */
export interface AccessRow {
  /** The stack's part and the role: `compute/ApiTaskRole`. */
  readonly role: string;
  /** Who takes it on: `ecs-tasks.amazonaws.com`. */
  readonly takenOnBy: string;
  /** The statement's own name, or the name of a policy of AWS's. */
  readonly statement: string;
  readonly actions: readonly string[];
  /** As words: `OrdersQueue`, `arn:…:log-group:…`, or `*`. */
  readonly resources: readonly string[];
  /** Under which conditions, as `key = value`; none where there are none. */
  readonly conditions: readonly string[];
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Principal?: { readonly Service?: string };
}

/**
 * Who may do what in a system: every role of its first region and of what is beside the regions, with every statement
 * of its policies, in the order of names. The other region has the same roles.
 */
export function accessTable({ regions, global, recovery }: ShippedStacks): readonly AccessRow[] {
  const [first = {}] = Object.values(regions);
  const beside = { ...(global === null ? {} : { global }), recovery };
  return Object.entries<Stack>({ ...first, ...beside })
    .flatMap(([part, stack]) => rolesOf(stack).flatMap((role) => rowsOf(stack, part, role)))
    .sort((a, b) => compare(a.role, b.role) || compare(a.statement, b.statement));
}

/** The table as a page: a heading for each role, a row for each statement. */
export function accessPage(system: string, rows: readonly AccessRow[]): string {
  const roles = [...new Set(rows.map(({ role }) => role))];
  const sections = roles.flatMap((role) => {
    const own = rows.filter((row) => row.role === role);
    return [
      `## ${role}`,
      "",
      `Taken on by \`${own[0]?.takenOnBy ?? ""}\`.`,
      "",
      "| statement | may | on | where |",
      "|---|---|---|---|",
      ...own.map(({ statement, actions, resources, conditions }) =>
        ["", statement, code(actions), code(resources), code(conditions), ""].join(" | ").trim(),
      ),
      "",
    ];
  });
  return [
    `# Who may do what in ${system}`,
    "",
    "Each role that is shipped, and all that it may do. A `*` stands only where AWS knows no resources for an action.",
    "",
    ...sections,
  ].join("\n");
}

function code(values: readonly string[]): string {
  return values.map((value) => `\`${value.replaceAll("|", "\\|")}\``).join("<br>");
}

function rolesOf(stack: Stack): CfnRole[] {
  return stack.node.findAll().filter((construct): construct is CfnRole => construct instanceof CfnRole);
}

function rowsOf(stack: Stack, part: string, role: CfnRole): AccessRow[] {
  const trust = stack.resolve(role.assumeRolePolicyDocument) as { Statement?: readonly PolicyStatement[] };
  const takenOnBy = trust.Statement?.[0]?.Principal?.Service ?? "";
  const of = { role: `${part}/${role.node.id}`, takenOnBy };
  const managed = (stack.resolve(role.managedPolicyArns ?? []) as readonly unknown[]).map((arn): AccessRow => ({
    ...of,
    statement: words(arn).split("/").at(-1) ?? "",
    actions: ["AWS's own policy"],
    resources: [],
    conditions: [],
  }));
  const policies = stack.resolve(role.policies ?? []) as readonly {
    readonly policyDocument: { readonly Statement: readonly PolicyStatement[] };
  }[];
  const own = policies
    .flatMap(({ policyDocument }) => policyDocument.Statement)
    .map(({ Sid = "", Action = [], Resource = [], Condition = {} }): AccessRow => ({
      ...of,
      statement: Sid,
      actions: [Action].flat(),
      resources: [Resource].flat().map(words),
      conditions: Object.values(Condition).flatMap((each) =>
        Object.entries(each).map(([key, value]) => `${key} = ${[value].flat().map(words).join(", ")}`),
      ),
    }));
  return [...own, ...managed];
}

/** A value of a template as a reader takes it: what it refers to by its name. */
function words(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  const [[key, of] = ["", ""]] = Object.entries(value);
  if (key === "Fn::GetAtt") return String([of].flat()[0]);
  if (key === "Ref") return String(of).replace(/^AWS::(.*)$/, (_, name: string) => `<${name}>`);
  if (key === "Fn::Join") return ((of as [string, unknown[]])[1] ?? []).map(words).join("");
  if (key === "Fn::Sub") return String(of).replaceAll(/\$\{AWS::(\w+)\}/g, "<$1>");
  if (key === "Fn::ImportValue") return exported(words(of));
  return JSON.stringify(value);
}

/** What another stack's export is called after: `…:ExportsOutputFnGetAttOrdersQueueArn1A2B3C4D` is `OrdersQueue`. */
function exported(name: string): string {
  const [, id = name] = /:ExportsOutput(?:FnGetAtt|Ref)(.+?)[0-9A-F]{8}$/.exec(name) ?? [];
  return id.replace(/(Arn|Ref|QueueArn|TopicArn|KeyArn)$/, "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
